import { moments } from "./pairs/moments.ts";
import { playAll } from "./play.ts";

playAll("into dates, times and intervals", moments);
