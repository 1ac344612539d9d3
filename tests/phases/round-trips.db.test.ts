import { smallFiles } from "./real-files.ts";
import { roundTrips } from "./round-trips.ts";

roundTrips(smallFiles);
