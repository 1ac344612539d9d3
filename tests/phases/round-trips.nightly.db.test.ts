import { largeFiles } from "./real-files.ts";
import { roundTrips } from "./round-trips.ts";

roundTrips(largeFiles);
