import { liveParents } from "./pairs/live-parents.ts";
import { playAll } from "./play.ts";

playAll("rows that the target has already", liveParents);
