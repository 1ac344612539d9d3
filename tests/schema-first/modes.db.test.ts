import { modes } from "./pairs/modes.ts";
import { playAll } from "./play.ts";

playAll("modes by table, and keys that meet", modes);
