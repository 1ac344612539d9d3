import { circles } from "./pairs/circles.ts";
import { playAll } from "./play.ts";

playAll("foreign keys in circles", circles);
