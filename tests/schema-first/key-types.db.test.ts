import { keyTypes } from "./pairs/key-types.ts";
import { playAll } from "./play.ts";

playAll("keys and ids of many types", keyTypes);
