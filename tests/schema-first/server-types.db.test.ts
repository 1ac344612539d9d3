import { serverTypes } from "./pairs/server-types.ts";
import { playAll } from "./play.ts";

playAll("into types that the server is asked about", serverTypes);
