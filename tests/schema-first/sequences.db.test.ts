import { sequences, unownedSequences } from "./pairs/sequences.ts";
import { playAll } from "./play.ts";

playAll("sequences that a column owns", sequences);

playAll("sequences that nothing owns", unownedSequences);
