/** Runs in a process of its own. */
import { findBrokenChecks } from "../find-broken-checks.ts";

export default findBrokenChecks;
