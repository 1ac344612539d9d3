/** A pipeline with transforms, run as the library runs it: what was planned, how it ended, and what is in the target. */
import pg from "pg";
import type { Event } from "../../src/core/events.ts";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { load, type RunOptions, run } from "../../src/index.ts";
import { type Workspace, workspace } from "../cli/workspace.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

export type Ended = {
  /** `done`, or an error's code. */
  readonly ended: string;
  readonly exit: number;
  /** The error's message, details and lines to paste; or the run's summary. */
  readonly message: string;
  readonly place: unknown;
  /** `CODE at`, of the plan. */
  readonly hazards: string[];
  /** `object: reason`, of the plan. */
  readonly leftOut: string[];
  readonly events: readonly Event[];
};

export type GoOptions = Omit<RunOptions, "until"> & { readonly until?: "load" };

export type Transforming = {
  readonly space: Workspace;
  readonly database: TestDatabase;
  /** Runs the pipeline with these lines below source and target. */
  go(yaml: string, options?: GoOptions): Promise<Ended>;
  /** Rows as arrays of texts, as PostgreSQL prints them. */
  rows(sql: string): Promise<(string | null)[][]>;
};

export async function transforming(
  given: {
    /** SQLite's, or that of a PostgreSQL source's schema `src`. */
    readonly sql?: string;
    readonly postgres?: string;
    readonly json?: string;
    readonly files?: Readonly<Record<string, string>>;
    /** A file beside the pipeline instead of the database. */
    readonly into?: string;
  },
  work: (at: Transforming) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  try {
    if (given.sql !== undefined) space.sqlite(given.sql);
    for (const [name, text] of Object.entries(given.files ?? {})) space.write(name, text);
    if (given.json !== undefined) space.write("data.json", given.json);
    if (given.postgres !== undefined)
      await database.pool.query(`CREATE SCHEMA src; SET search_path = src; ${given.postgres}; RESET search_path`);
    const source =
      given.json !== undefined
        ? "{ kind: json, path: data.json }"
        : given.postgres !== undefined
          ? `{ kind: postgres, url: "${database.url}", schema: src }`
          : "{ kind: sqlite, path: app.db }";
    const target =
      given.into === undefined ? `{ kind: postgres, url: "${database.url}" }` : `{ kind: sqlite, path: ${given.into} }`;
    await work({
      space,
      database,
      go: (yaml, options = {}) =>
        ending(space.write("pipeline.yaml", `name: app\nsource: ${source}\ntarget: ${target}\n${yaml}\n`), options),
      rows: (sql) => rowsOf(database.url, sql),
    });
  } finally {
    await database.drop();
  }
}

async function ending(pipeline: string, { until, ...options }: GoOptions): Promise<Ended> {
  const events: Event[] = [];
  let plan: Plan | null = null;
  const planned = () => ({
    hazards: plan?.hazards.map(({ code, at }) => `${code} ${at}`) ?? [],
    leftOut: plan?.leftOut.map(({ object, reason }) => `${object}: ${reason}`) ?? [],
    events,
  });
  try {
    const result = await (until === "load" ? load : run)(pipeline, {
      ...options,
      onEvent: (event) => void events.push(event),
      onPlan: (made) => {
        plan = made;
        options.onPlan?.(made);
      },
    });
    return { ended: String(result.stage), exit: 0, message: result.summary, place: null, ...planned() };
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    const told = [thrown.message, ...thrown.details, ...thrown.paste].join("\n");
    return { ended: thrown.code, exit: thrown.exit, message: told, place: thrown.place, ...planned() };
  }
}

async function rowsOf(url: string, sql: string): Promise<(string | null)[][]> {
  // Texts as the server sends them.
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}
