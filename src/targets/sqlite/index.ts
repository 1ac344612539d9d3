/** A SQLite file: all that a run needs of it. */
import type { TargetParts } from "../../core/ports.ts";
import type { FileTarget } from "../../core/settings.ts";
import type { Planner } from "../../plan/planned.ts";
import { makeSqlitePlan } from "../../plan/to-sqlite/make-sqlite-plan.ts";
import { fileProof } from "./prove.ts";
import { sqliteQueries } from "./queries.ts";
import type { SqliteTargetSettings } from "./settings.ts";
import { sqliteTarget } from "./target.ts";

export function open(to: FileTarget & Pick<SqliteTargetSettings, "mode">): TargetParts & { readonly planner: Planner } {
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
