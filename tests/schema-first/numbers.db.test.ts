import { numbers } from "./pairs/numbers.ts";
import { playAll } from "./play.ts";

playAll("into numbers", numbers);
