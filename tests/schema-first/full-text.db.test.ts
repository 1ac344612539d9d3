import { fullText } from "./pairs/full-text.ts";
import { playAll } from "./play.ts";

playAll("full-text tables into tables", fullText);
