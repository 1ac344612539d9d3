/** A run into a SQLite file through the target's port, phase by phase, as phases/ goes about it. */

import { existsSync } from "node:fs";
import type { ValidatorResult } from "../../../src/core/finding.ts";
import type { LedgerEntry, QuarantinedRow } from "../../../src/core/plan/ledger.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { isRuled } from "../../../src/core/plan/ruled.ts";
import type { FrozenSource, Target } from "../../../src/core/ports.ts";
import type { Catalog } from "../../../src/core/schema/catalog.ts";
import type { Session, UnitRows } from "../../../src/core/session.ts";
import type { Settings, TableSettings } from "../../../src/core/settings.ts";
import { refuseUnaccepted } from "../../../src/phases/plan.ts";
import { selectionOf } from "../../../src/pipeline/selection.ts";
import { selectedRows } from "../../../src/plan/context.ts";
import { fileRequests } from "../../../src/plan/to-sqlite/into/requests.ts";
import { makeSqlitePlan } from "../../../src/plan/to-sqlite/make-sqlite-plan.ts";
import { withFullText } from "../../../src/search/catalog.ts";
import { sqliteSource } from "../../../src/sources/sqlite/source.ts";
import type { SqliteExisting } from "../../../src/targets/sqlite/settings.ts";
import { keptFile } from "../../../src/targets/sqlite/switch/places.ts";
import { sqliteFileOf, sqliteTarget } from "../../../src/targets/sqlite/target.ts";
import { cellRules } from "../../../src/transforms/cells/cell-rules.ts";
import { through } from "../../../src/transforms/cells/stage.ts";
import { sqliteValidators } from "../../../src/validators/sqlite/registry.ts";
import { never } from "../../support/never.ts";
import { defaultSearch } from "../../support/settings.ts";
import { switchNow } from "../postgres/switch/switching.ts";

export type Options = {
  readonly run?: string;
  readonly existing?: SqliteExisting;
  readonly tables?: Readonly<Record<string, Partial<TableSettings>>>;
  readonly settings?: Partial<Settings>;
};

export type Prepared = {
  readonly run: string;
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly snapshot: string;
  readonly path: string;
  readonly existing: SqliteExisting;
  readonly target: Target;
  readonly frozen: FrozenSource;
};

const signal = new AbortController().signal;

/** Profile and plan. `snapshot` is taken as frozen; the caller closes `frozen`. */
export async function prepare(snapshot: string, path: string, options: Options = {}): Promise<Prepared> {
  const { run = "r1", existing = "refuse" } = options;
  const settings = settingsOf(options);
  const selection = selectionOf(settings);
  const frozen = sqliteSource(snapshot).open(snapshot);
  const catalog = withFullText(frozen.catalog(), () => true);
  const requests = catalog.tables.map((table) => ({
    table,
    where: selectedRows({ selection }, table),
    kinds: new Map(),
  }));
  const profile = await frozen.profile(catalog, requests, { progress() {}, signal });
  const target = sqliteTarget({ path, existing });
  const facts = await target.facts();
  target.check(facts);
  const schema = await target.liveFile();
  const asked = schema === null ? [] : fileRequests({ settings, selection }, catalog, schema);
  const fits = await target.fitFile(asked, snapshot, { progress() {}, signal });
  const { plan } = makeSqlitePlan({
    ...(schema === null ? {} : { file: { schema, fits } }),
    settings,
    selection,
    catalog,
    profile,
    orphans: await frozen.orphans(requests, signal),
    target: facts,
    staging: `rowhaul_staging_${run}`,
    aside: null,
    refused: new Map(),
  });
  return { run, plan, catalog, snapshot, path, existing, target, frozen };
}

export type Step = { readonly name: string; readonly act: (session: Session) => Promise<unknown> };

/** Every step between which a run may be killed; those that are done, by their checkpoints, are skipped. */
export function stepsOf({ run, plan, target, frozen, catalog }: Prepared): Step[] {
  const { runs } = target;
  const { schema, staging, aside } = plan.target;
  const unless = (id: string, act: (session: Session) => Promise<unknown>) => async (session: Session) => {
    if (!(await runs.checkpoints(run)).has(id)) await act(session);
  };
  const finish = [
    ...plan.tables.flatMap((table) => [
      ...table.finish.filter(({ stage }) => stage === "keys"),
      { id: `${table.source}/analyze`, sql: `ANALYZE "${staging}"."${table.target}"` },
    ]),
    ...plan.tables.flatMap((table) => table.finish.filter(({ stage }) => stage === "fill")),
    ...plan.tables.flatMap((table) => table.finish.filter(({ stage }) => stage === "references")),
    ...plan.views.map((view) => ({ id: `view/${view.source}`, sql: view.sql })),
  ];
  return [
    {
      name: "create",
      async act(session) {
        if ((await runs.read(run)) !== null) return;
        const row = { run, pipeline: "test", schema, staging, aside, plan: "", status: "loading" } as const;
        await session.create(row, []);
      },
    },
    ...plan.units.map((unit) => ({
      name: `load ${unit.id}`,
      act: unless(`load/${unit.id}`, (session) =>
        session.loadUnit(unit.id, unitRows(unit.parts), { progress() {}, signal }),
      ),
    })),
    ...finish.map((step) => ({
      name: `finish ${step.id}`,
      act: unless(`finish/${step.id}`, (session) =>
        session.finish({ id: step.id, sql: step.sql, doing: "finishing" }, never),
      ),
    })),
    { name: "loaded", act: (session) => session.setStatus("loaded") },
    { name: "switch", act: (session) => switchNow(session) },
    { name: "done", act: (session) => session.setStatus("done") },
  ];

  function* unitRows(parts: Plan["units"][number]["parts"]): Generator<UnitRows> {
    for (const part of parts) {
      const table = plan.tables.find(({ source }) => source === part.table);
      if (table === undefined) continue;
      const ledger: LedgerEntry[] = [];
      const quarantine: QuarantinedRow[] = [];
      const sink = {
        ledger: (one: LedgerEntry) => ledger.push(one),
        quarantine: (one: QuarantinedRow) => quarantine.push(one),
      };
      const stages = table.columns.some(isRuled) ? [cellRules(table, sink)] : [];
      const batches = through(stages, frozen.rows(table, part, catalog, null));
      yield { table, part, snapshot: frozen.path, batches, ledger, quarantine, positions: [] };
    }
  }
}

/** All steps, with the proof before the switch. */
export async function runAll(
  snapshot: string,
  path: string,
  options: Options = {},
): Promise<Prepared & { results: ValidatorResult[] }> {
  const prepared = await prepare(snapshot, path, options);
  try {
    await prepared.target.checkOccupied(prepared.plan, prepared.snapshot);
    refuseUnaccepted(prepared.plan);
    const session = await prepared.target.acquire(prepared.run, prepared.plan, never);
    try {
      const steps = stepsOf(prepared);
      for (const step of steps.slice(0, -2)) await step.act(session);
      const results = await prove(prepared, prepared.plan.target.staging);
      for (const step of steps.slice(-2)) await step.act(session);
      return { ...prepared, results };
    } finally {
      await session.release();
    }
  } finally {
    prepared.frozen.close();
  }
}

export async function prove(
  { plan, catalog, snapshot, path, run, existing }: Prepared,
  schema: string,
): Promise<ValidatorResult[]> {
  const file = sqliteFileOf(path, run, plan, schema);
  const alone = schema === plan.target.staging;
  const copied = existing !== "refuse" && existing !== "keep-aside";
  const contains = copied && existing !== "replace";
  const live = schema === plan.target.staging ? path : keptFile(path, run);
  const before = copied && existsSync(live) ? { before: live } : {};
  const results: ValidatorResult[] = [];
  for (const validator of Object.values(sqliteValidators))
    results.push(await validator({ plan, catalog, snapshot, file, contains, ...before, copied, alone, signal }));
  return results;
}

export function differences(results: readonly ValidatorResult[]): string[] {
  return results.flatMap(({ validator, findings }) =>
    findings
      .filter(({ level }) => level === "difference")
      .map(({ table, key, column, source, target, message }) =>
        [validator, table, key, column, source, target, message].filter((one) => one !== null).join(" | "),
      ),
  );
}

function settingsOf({ tables, settings, existing = "refuse" }: Options): Settings {
  const none = { as: null, where: null, rename: {}, drop: [], columns: {} } as unknown as TableSettings;
  return {
    name: "test",
    folder: "/",
    source: "/source.db",
    target: {
      kind: "sqlite",
      path: "/target.db",
      existing,
    },
    tables:
      tables === undefined
        ? null
        : Object.fromEntries(Object.entries(tables).map(([name, own]) => [name, { ...none, ...own }])),
    include: tables === undefined ? null : ["*"],
    exclude: [],
    accept: [],
    acceptAll: true,
    validate: { counts: true, schema: true, parity: true, search: false },
    search: defaultSearch,
    cutover: null,
    concurrency: 2,
    integers: "bigint",
    disk: "refuse",
    digest: "",
    ...settings,
  } as Settings;
}
