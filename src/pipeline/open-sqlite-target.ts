/** A SQLite file as the phases' target. */
import { existsSync } from "node:fs";
import type { ValidatorResult } from "../core/finding.ts";
import { intoMode } from "../core/plan/into-mode.ts";
import type { Proof } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { makeSqlitePlan } from "../plan/to-sqlite/make-sqlite-plan.ts";
import { keptFile } from "../targets/sqlite/switch/places.ts";
import { sqliteFileOf, sqliteTarget } from "../targets/sqlite/target.ts";
import { sqliteValidators } from "../validators/sqlite/registry.ts";
import type { OpenedTarget } from "./opened-target.ts";
import { sqliteQueries } from "./sqlite-queries.ts";

export function openSqliteTarget(settings: Settings): OpenedTarget {
  const path = settings.target.path ?? "";
  return {
    target: sqliteTarget({ path, existing: settings.target.existing }),
    prove: fileProof(settings),
    // The whole file is built aside; nothing in it is measured before.
    measureLive: async () => new Map(),
    planner: makeSqlitePlan,
    queries: sqliteQueries(path),
  };
}

function fileProof({ target }: Settings): Proof {
  return async ({ wanted, run, plan, schema, live: _, ...input }) => {
    const file = sqliteFileOf(target.path ?? "", run, plan, schema);
    const copied = intoMode(target.existing) !== null;
    const contains = copied && target.existing !== "replace";
    const live = schema === plan.target.staging ? (target.path ?? "") : keptFile(target.path ?? "", run);
    const before = copied && existsSync(live) ? { before: live } : {};
    const alone = schema === plan.target.staging;
    const more = { file, contains, ...before, copied, alone };
    const results: ValidatorResult[] = [];
    for (const [name, validator] of Object.entries(sqliteValidators))
      if (wanted.includes(name)) results.push(await validator({ ...input, plan, ...more }));
    return results;
  };
}
