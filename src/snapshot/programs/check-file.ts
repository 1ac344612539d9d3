/** Runs in a process of its own. */
import { checkFile } from "../check-file.ts";

export default checkFile;
