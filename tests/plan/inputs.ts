/** Plan inputs from a SQLite schema: read and profiled as in a run, without any target. */
import Database from "better-sqlite3";
import { readCatalog } from "../../src/connectors/sqlite/catalog.ts";
import { findOrphans } from "../../src/connectors/sqlite/checks.ts";
import { profileTables } from "../../src/connectors/sqlite/profile/profile.ts";
import type { Plan, TablePlan } from "../../src/core/plan.ts";
import type { Sample } from "../../src/core/profile.ts";
import type { Acceptance, Settings, TableSettings } from "../../src/core/settings.ts";
import type { PlanInput } from "../../src/plan/context.ts";
import { makePlan } from "../../src/plan/make-plan.ts";

export type Options = {
  readonly accept?: readonly (Partial<Acceptance> & Pick<Acceptance, "code">)[];
  readonly tables?: Readonly<Record<string, Partial<TableSettings>>>;
  readonly settings?: Partial<Settings>;
  readonly refused?: Readonly<Record<string, string>>;
};

export async function inputOf(
  fill: string | ((db: Database.Database) => void),
  options: Options = {},
): Promise<PlanInput> {
  const db = new Database(":memory:");
  db.defaultSafeIntegers(true);
  try {
    if (typeof fill === "string") db.exec(fill);
    else fill(db);
    const settings = settingsOf(options);
    const catalog = readCatalog(db);
    const requests = catalog.tables.map((table) => ({
      table,
      where: settings.tables?.[table.name]?.where ?? null,
      kinds: new Map(),
    }));
    const profile = await profileTables(db, catalog, requests, { progress() {}, signal: new AbortController().signal });
    const orphans = new Map<string, { count: number; samples: Sample[] }>();
    for (const [key, { count }] of findOrphans(
      db,
      catalog.tables.map((table) => table.name),
    )) {
      const [name = "", id] = key.split("\0");
      const keys = catalog.tables.find((table) => table.name === name)?.foreignKeys.length ?? 0;
      orphans.set(`${name}\0${keys - 1 - Number(id)}`, { count, samples: [] });
    }
    return {
      settings,
      catalog,
      profile,
      orphans,
      target: {
        version: 18,
        encoding: "UTF8",
        role: "r",
        database: "d",
        mayCreateSchema: true,
        schemaExists: true,
        mayCreateInSchema: true,
        apiRoles: [],
        binaryOrder: true,
      },
      staging: "stage",
      aside: null,
      refused: new Map(Object.entries(options.refused ?? {})),
    };
  } finally {
    db.close();
  }
}

export async function planOf(fill: Parameters<typeof inputOf>[0], options: Options = {}): Promise<Plan> {
  return makePlan(await inputOf(fill, options)).plan;
}

export function tableOf(plan: Plan, name = "t"): TablePlan {
  const found = plan.tables.find((table) => table.source === name);
  if (found === undefined) throw new Error(`no table ${name} in the plan`);
  return found;
}

function settingsOf({ accept = [], tables, settings }: Options): Settings {
  const none: TableSettings = { as: null, where: null, rename: {}, drop: [], columns: {} };
  return {
    name: "test",
    folder: "/",
    source: "/source.db",
    target: {
      kind: "postgres",
      url: null,
      schema: "public",
      existing: "refuse",
      state: "rowhaul",
      owner: null,
      grants: [],
      rowSecurity: null,
      collation: "binary",
    },
    tables:
      tables === undefined
        ? null
        : Object.fromEntries(Object.entries(tables).map(([name, own]) => [name, { ...none, ...own }])),
    include: null,
    exclude: [],
    accept: accept.map((entry) => ({ at: null, policy: null, why: null, ...entry })),
    acceptAll: false,
    validate: { counts: true, schema: true, parity: true },
    cutover: null,
    concurrency: 2,
    integers: "bigint",
    disk: "refuse",
    digest: "",
    ...settings,
  };
}
