/** Whole runs into tables that are there: a SQLite file, a live schema, and what comes of it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ErrorCode } from "../../../../src/core/messages/error-codes.ts";
import { RowhaulError } from "../../../../src/core/messages/errors.ts";
import type { Proven } from "../../../../src/core/plan/live.ts";
import {
  clean,
  copySettings,
  type Event,
  type Plan,
  rollback,
  run,
  type Settings,
  validate,
} from "../../../../src/index.ts";
import { provenPlace } from "../../../../src/targets/postgres/switch/proven.ts";
import { freshDatabase, type TestDatabase } from "../../../support/database.ts";
import { makeDatabase } from "../../../support/scratch-database.ts";
import { schemaTarget } from "../../../support/settings.ts";
import { type Sabotage, sabotaged } from "./sabotage.ts";

export type Rows = readonly Record<string, unknown>[];

export type IntoScene = {
  readonly db: TestDatabase;
  readonly settings: Settings;
  /** The source's file. */
  readonly source: string;
  /** With something broken on the way, where that is given. */
  run(sabotage?: Sabotage): ReturnType<typeof run>;
  rollback(discardNewWrites?: boolean, onEvent?: (event: Event) => void): ReturnType<typeof rollback>;
  validate(): ReturnType<typeof validate>;
  /** Where the run's rows are validated once it is switched, and among which. */
  proven(): Promise<Proven>;
  clean(): Promise<string[]>;
  rows(sql: string): Promise<Rows>;
};

/** `live`: what the application's own migrations made. `answers`: to what the plan asks. */
export async function into(
  existing: Settings["target"]["existing"],
  source: string,
  live: string,
  work: (scene: IntoScene) => Promise<void>,
  answers: Partial<Settings> = {},
): Promise<void> {
  const db = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-into-"));
  try {
    await db.pool.query(live);
    let done: { readonly run: string; readonly plan: Plan } | null = null;
    const file = makeDatabase(source);
    const settings = { ...quick(copySettings(file, db.url, { existing, folder })), ...answers };
    await work({
      db,
      settings,
      source: file,
      async run(sabotage) {
        const result = sabotage === undefined ? await run(settings) : await sabotaged(settings, sabotage);
        if (result.run !== null && result.plan !== null) done = { run: result.run, plan: result.plan };
        return result;
      },
      validate: () => validate(settings),
      rollback: (discardNewWrites = false, onEvent = () => {}) => rollback(settings, { discardNewWrites, onEvent }),
      async proven() {
        if (done === null) throw new Error("there is no run");
        return provenPlace(db.pool, schemaTarget(settings).state, done.run, done.plan, true);
      },
      clean: () => clean(settings),
      rows: async (sql) => (await db.pool.query(sql)).rows,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await db.drop();
  }
}

/** For tables whose triggers fire: all of them are to; `writes`: what they may write besides. */
export function firing(...writes: readonly string[]): Partial<Settings> {
  const entry = (code: "TRIGGER_FIRES" | "TRIGGER_WRITES", at: string | null) =>
    ({ code, at, policy: "keep", why: null }) as const;
  return { accept: [entry("TRIGGER_FIRES", null), ...writes.map((table) => entry("TRIGGER_WRITES", table))] };
}

/** Without the thousand questions to a search index. */
export function quick(settings: Settings): Settings {
  return { ...settings, validate: { ...settings.validate, search: false } };
}

/** Code and words of the error, and of what caused it. */
export async function refusal(work: () => Promise<unknown>): Promise<{ code: ErrorCode; text: string }> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    const cause = thrown.cause instanceof RowhaulError ? thrown.cause : thrown;
    return { code: cause.code, text: [cause.message, ...cause.details, ...Object.values(cause.place)].join(" | ") };
  }
  throw new Error("nothing was refused");
}

/** Schemas of ours, by what they hold. */
export async function ours({ rows }: IntoScene): Promise<Record<string, string[]>> {
  const found = await rows(
    `SELECT regexp_replace(n.nspname, '_[0-9a-z-]*[0-9][0-9a-z_-]*$', '') AS schema, array_agg(c.relname::text ORDER BY c.relname) FILTER (WHERE c.relkind IN ('r', 'v')) AS names
       FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid WHERE n.nspname ~ '^rowhaul_' GROUP BY 1`,
  );
  return Object.fromEntries(found.map(({ schema, names }) => [schema as string, (names as string[] | null) ?? []]));
}
