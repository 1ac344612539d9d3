/** Runs in a process of its own. */
import { rebuildIndexes } from "../rebuild-indexes.ts";

export default rebuildIndexes;
