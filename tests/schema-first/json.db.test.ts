import { json } from "./pairs/json.ts";
import { playAll } from "./play.ts";

playAll("into json and jsonb", json);
