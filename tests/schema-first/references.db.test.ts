import { references } from "./pairs/references.ts";
import { playAll } from "./play.ts";

playAll("foreign keys into tables", references);
