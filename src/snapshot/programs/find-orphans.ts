/** Runs in a process of its own. */
import { findAllOrphans } from "../orphans.ts";

export default findAllOrphans;
