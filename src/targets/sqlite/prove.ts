/** The validators of a SQLite target, on the file that holds the run's tables now. */
import { existsSync } from "node:fs";
import { intoMode } from "../../core/plan/into-mode.ts";
import { manyRows } from "../../core/plan/many-rows.ts";
import type { Proof } from "../../core/ports.ts";
import type { FileTarget } from "../../core/settings.ts";
import { runHereOrBeside } from "../../system/program/run-program.ts";
import prove, { type ProofOrder } from "../../validators/sqlite/program.ts";
import { keptFile } from "./switch/places.ts";
import { sqliteFileOf } from "./target.ts";

export function fileProof({ path, existing }: FileTarget): Proof {
  return async ({ wanted, run, plan, catalog, snapshot, schema, signal }) => {
    const copied = intoMode(existing) !== null;
    const alone = schema === plan.target.staging;
    const live = alone ? path : keptFile(path, run);
    const order: ProofOrder = {
      wanted,
      plan,
      catalog,
      snapshot,
      file: sqliteFileOf(path, run, plan, schema),
      contains: copied && existing !== "replace",
      ...(copied && existsSync(live) ? { before: live } : {}),
      copied,
      alone,
    };
    const program = new URL("../../validators/sqlite/program.ts", import.meta.url);
    return runHereOrBeside(prove, program, order, { large: plan.estimate.rows >= manyRows, signal });
  };
}
