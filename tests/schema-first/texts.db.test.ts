import { texts } from "./pairs/texts.ts";
import { playAll } from "./play.ts";

playAll("into texts", texts);
