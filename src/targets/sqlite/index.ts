/** A SQLite file: all that a run needs of it. */
import { existsSync } from "node:fs";
import type { ValidatorResult } from "../../core/finding.ts";
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Proof, TargetParts } from "../../core/ports.ts";
import type { FileTarget } from "../../core/settings.ts";
import type { Planner } from "../../plan/planned.ts";
import { makeSqlitePlan } from "../../plan/to-sqlite/make-sqlite-plan.ts";
import { sqliteValidators } from "../../validators/sqlite/registry.ts";
import { sqliteQueries } from "./queries.ts";
import { keptFile } from "./switch/places.ts";
import { sqliteFileOf, sqliteTarget } from "./target.ts";

export function open(to: FileTarget): TargetParts & { readonly planner: Planner } {
  return {
    target: sqliteTarget(to),
    planner: makeSqlitePlan,
    // It has FTS5 of its own.
    installSearch: () => [],
    prove: fileProof(to),
    // The whole file is built aside; nothing in it is measured before.
    measureLive: async () => new Map(),
    queries: sqliteQueries(to.path),
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
