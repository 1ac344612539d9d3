import { triggers } from "./pairs/triggers.ts";
import { playAll } from "./play.ts";

playAll("triggers of live tables", triggers);
