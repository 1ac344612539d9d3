/** Plan inputs from a SQLite schema: read and profiled as in a run, without any target. */

import type Database from "better-sqlite3";
import type { Plan, TablePlan } from "../../../src/core/plan/plan.ts";
import type { DeclaredKind } from "../../../src/core/schema/declared-type.ts";
import {
  type Acceptance,
  plainTable,
  type SchemaTarget,
  type Settings,
  type TableSettings,
} from "../../../src/core/settings.ts";
import { noEnvironment } from "../../../src/pipeline/file/environment-of.ts";
import { selectionOf } from "../../../src/pipeline/selection.ts";
import type { PostgresInput } from "../../../src/plan/context.ts";
import { makePlan } from "../../../src/plan/to-postgres/make-plan.ts";
import { sqliteSource } from "../../../src/sources/sqlite/source.ts";
import { makeDatabase } from "../../support/scratch-database.ts";
import { defaultSearch } from "../../support/settings.ts";

export type Options = {
  readonly accept?: readonly (Partial<Acceptance> & Pick<Acceptance, "code">)[];
  readonly tables?: Readonly<Record<string, Partial<TableSettings>>>;
  readonly settings?: Partial<Settings>;
  readonly refused?: Readonly<Record<string, string>>;
};

export async function inputOf(
  fill: string | ((db: Database.Database) => void),
  options: Options = {},
): Promise<PostgresInput> {
  const path = makeDatabase(fill);
  const source = sqliteSource(path).open(path);
  try {
    const settings = settingsOf(options);
    const catalog = source.catalog();
    const requests = catalog.tables.map((table) => {
      const own = settings.tables?.[table.name];
      const kinds = new Map(
        Object.entries(own?.columns ?? {}).flatMap(([name, { type }]) => {
          const kind = type === null ? undefined : kindOf[type];
          return kind === undefined ? [] : [[name, kind] as const];
        }),
      );
      return { table, where: own?.where ?? null, kinds };
    });
    return {
      settings,
      selection: selectionOf(settings),
      catalog,
      profile: await source.profile(catalog, requests, { progress() {}, signal: new AbortController().signal }),
      orphans: await source.orphans(requests, new AbortController().signal),
      overflows: await source.tryQueries(catalog, requests, new AbortController().signal),
      brokenChecks: await source.brokenChecks(requests, new AbortController().signal),
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
    source.close();
  }
}

const kindOf: Readonly<Record<string, DeclaredKind>> = {
  date: "date",
  timestamp: "date",
  timestamptz: "date",
  jsonb: "json",
  boolean: "boolean",
};

export async function planOf(fill: Parameters<typeof inputOf>[0], options: Options = {}): Promise<Plan> {
  return makePlan(await inputOf(fill, options)).plan;
}

export function tableOf(plan: Plan, name = "t"): TablePlan {
  const found = plan.tables.find((table) => table.source === name);
  if (found === undefined) throw new Error(`no table ${name} in the plan`);
  return found;
}

export function settingsOf({ accept = [], tables, settings }: Options): Settings & { readonly target: SchemaTarget } {
  return {
    name: "test",
    folder: "/",
    source: { kind: "sqlite", path: "/source.db" },
    target: {
      kind: "postgres",
      url: "",
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
        : Object.fromEntries(Object.entries(tables).map(([name, own]) => [name, { ...plainTable, ...own }])),
    root: null,
    include: null,
    exclude: [],
    accept: accept.map((entry) => ({ at: null, policy: null, why: null, ...entry })),
    acceptAll: false,
    interpret: [],
    validate: { counts: true, schema: true, parity: true, search: true },
    search: defaultSearch,
    cutover: null,
    environment: noEnvironment,
    concurrency: 2,
    integers: "bigint",
    disk: "refuse",
    digest: "",
    ...settings,
  } as Settings & { readonly target: SchemaTarget };
}
