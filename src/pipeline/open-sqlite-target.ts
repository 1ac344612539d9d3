/** A SQLite file as the phases' target. */
import { existsSync } from "node:fs";
import type { ValidatorResult } from "../core/finding.ts";
import { intoMode } from "../core/plan/into-mode.ts";
import type { Proof } from "../core/ports.ts";
import type { FileTarget } from "../core/settings.ts";
import { makeSqlitePlan } from "../plan/to-sqlite/make-sqlite-plan.ts";
import { keptFile } from "../targets/sqlite/switch/places.ts";
import { sqliteFileOf, sqliteTarget } from "../targets/sqlite/target.ts";
import { sqliteValidators } from "../validators/sqlite/registry.ts";
import type { OpenedTarget } from "./opened-target.ts";
import { sqliteQueries } from "./sqlite-queries.ts";

export function openSqliteTarget(to: FileTarget): OpenedTarget {
  const { path, existing } = to;
  return {
    target: sqliteTarget({ path, existing }),
    prove: fileProof(to),
    // The whole file is built aside; nothing in it is measured before.
    measureLive: async () => new Map(),
    planner: makeSqlitePlan,
    queries: sqliteQueries(path),
  };
}

function fileProof({ path, existing }: FileTarget): Proof {
  return async ({ wanted, run, plan, schema, live: _, ...input }) => {
    const file = sqliteFileOf(path, run, plan, schema);
    const copied = intoMode(existing) !== null;
    const contains = copied && existing !== "replace";
    const live = schema === plan.target.staging ? path : keptFile(path, run);
    const before = copied && existsSync(live) ? { before: live } : {};
    const alone = schema === plan.target.staging;
    const more = { file, contains, ...before, copied, alone };
    const results: ValidatorResult[] = [];
    for (const [name, validator] of Object.entries(sqliteValidators))
      if (wanted.includes(name)) results.push(await validator({ ...input, plan, ...more }));
    return results;
  };
}
