import { moveEach } from "./real-databases.ts";
import { smallFiles } from "./real-files.ts";

moveEach(smallFiles);
