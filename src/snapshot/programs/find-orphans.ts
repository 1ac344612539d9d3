/** Runs in a process of its own. */
import { findAllOrphans } from "../find-orphans.ts";

export default findAllOrphans;
