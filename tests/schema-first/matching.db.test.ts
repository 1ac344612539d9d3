import { matching } from "./pairs/matching.ts";
import { playAll } from "./play.ts";

playAll("rows matched by another key", matching);
