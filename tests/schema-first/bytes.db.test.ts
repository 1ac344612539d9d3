import { bytes } from "./pairs/bytes.ts";
import { playAll } from "./play.ts";

playAll("into bytea and uuid", bytes);
