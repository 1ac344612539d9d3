import { moveEach } from "./real-databases.ts";
import { largeFiles } from "./real-files.ts";

moveEach(largeFiles);
