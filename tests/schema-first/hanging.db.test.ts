import { hanging } from "./pairs/hanging.ts";
import { playAll } from "./play.ts";

playAll("rows that hang from rows in quarantine", hanging);
