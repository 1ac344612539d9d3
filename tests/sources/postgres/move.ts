/** A PostgreSQL source through snapshot, plan and load into a staging schema, and the proof: the phases' work without them. */

import { silent } from "../../../src/core/events.ts";
import type { ValidatorResult } from "../../../src/core/finding.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import type { SnapshotInfo, Source } from "../../../src/core/ports.ts";
import type { Catalog } from "../../../src/core/schema/catalog.ts";
import type { TableSettings } from "../../../src/core/settings.ts";
import { selectionOf } from "../../../src/pipeline/selection.ts";
import { makePlan } from "../../../src/plan/to-postgres/make-plan.ts";
import { openSnapshot } from "../../../src/snapshot/frozen.ts";
import type { Selected } from "../../../src/sources/postgres/snapshot.ts";
import { postgresSource } from "../../../src/sources/postgres/source.ts";
import { postgresTarget } from "../../../src/targets/postgres/target.ts";
import { validators } from "../../../src/validators/postgres/registry.ts";
import { settingsOf } from "../../plan/to-postgres/inputs.ts";
import { never } from "../../support/never.ts";
import { freshPath } from "../../support/scratch-database.ts";
import { schemaTarget } from "../../support/settings.ts";
import { switchNow } from "../../targets/postgres/switch/switching.ts";

export const none: AbortSignal = new AbortController().signal;

export function sourceOf(url: string, more: Partial<Selected> = {}): Source {
  return postgresSource(url, { schema: "public", tables: () => true, where: {}, root: null, ...more });
}

export async function snapshotOf(url: string, more: Partial<Selected> = {}): Promise<SnapshotInfo> {
  return sourceOf(url, more).snapshot(freshPath("snapshot.db"), () => {}, none);
}

export type Moved = {
  readonly info: SnapshotInfo;
  readonly catalog: Catalog;
  readonly plan: Plan;
  readonly results: readonly ValidatorResult[];
};

let runs = 0;

/** Into the staging schema `rowhaul_staging_<run>` of `to`, or into `schema` when told to switch. */
export async function move(
  from: string,
  to: string,
  options: {
    readonly tables?: Readonly<Record<string, Partial<TableSettings>>>;
    readonly selected?: Partial<Selected>;
    readonly switch?: boolean;
  } = {},
): Promise<Moved> {
  const info = await snapshotOf(from, options.selected);
  const settings = settingsOf({
    ...(options.tables === undefined ? {} : { tables: options.tables }),
    settings: { acceptAll: true, include: ["*"] },
  });
  const { target, pool } = postgresTarget(schemaTarget(settings), to, 2);
  const frozen = openSnapshot(info.path, "test", "written");
  const run = `r${process.pid}_${++runs}`;
  try {
    const catalog = frozen.catalog();
    const requests = catalog.tables.map((table) => ({ table, where: null, kinds: new Map() }));
    const profile = await frozen.profile(catalog, requests, { progress() {}, signal: none });
    const staging = `rowhaul_staging_${run}`;
    const refused = new Map<string, string>();
    const input = {
      settings,
      selection: selectionOf(settings),
      catalog,
      profile,
      orphans: await frozen.orphans(requests, none),
      target: await target.facts(),
      staging,
      aside: null,
      refused,
    };
    let made = makePlan(input);
    for (let round = 0; round < 3; round++) {
      const { objections } = await target.probe(made.probe);
      if (objections.size === 0) break;
      for (const [id, objection] of objections) refused.set(id, objection);
      made = makePlan(input);
    }
    const { plan } = made;
    const session = await target.acquire(run, plan, never);
    try {
      const row = {
        run,
        pipeline: "test",
        schema: "public",
        staging,
        aside: null,
        plan: "",
        status: "loading",
      } as const;
      await session.create(row, []);
      for (const unit of plan.units) {
        const parts = unit.parts.map((part) => {
          const table = plan.tables.find((candidate) => candidate.source === part.table);
          if (table === undefined) throw new Error(part.table);
          const batches = frozen.rows(table, part, catalog, null);
          return { table, part, snapshot: info.path, batches, ledger: [], quarantine: [], positions: [] };
        });
        await session.loadUnit(unit.id, parts, { progress() {}, signal: none });
      }
      const steps = plan.tables.flatMap((table) => table.finish);
      for (const stage of ["fill", "keys", "references"])
        for (const step of steps.filter((one) => one.stage === stage))
          await session.finish({ id: step.id, sql: step.sql, doing: step.id }, never);
      for (const view of plan.views)
        await session.finish({ id: view.source, sql: view.sql, doing: view.source }, never);
      if (options.switch === true) await switchNow(session);
    } finally {
      await session.release();
    }
    const proof = {
      plan,
      catalog,
      snapshot: info.path,
      pool,
      live: null,
      schema: options.switch === true ? "public" : staging,
      state: schemaTarget(settings).state,
      run,
      emit: silent,
      signal: none,
    };
    const results: ValidatorResult[] = [];
    for (const validator of [validators.counts, validators.schema, validators.parity])
      results.push(await validator(proof));
    return { info, catalog, plan, results };
  } finally {
    frozen.close();
    await target.close();
  }
}

/** What does not agree, in words; empty when all was proven. */
export function differences({ info, results }: Moved): string[] {
  return [...(info.proof === undefined ? [] : [info.proof]), ...results].flatMap((result) =>
    result.findings
      .filter(({ level }) => level === "difference")
      .map(({ validator, table, column, source, target, message }) =>
        [validator, table, column, source, target, message].join(" | "),
      ),
  );
}
