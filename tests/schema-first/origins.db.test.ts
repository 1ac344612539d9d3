import { origins } from "./pairs/origins.ts";
import { playAll } from "./play.ts";

playAll("values of which the source's own type says more", origins);
