/** Both sides of a pair, made for a moment: a source, a database with what the application's migrations did, a pipeline file. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { RowhaulError, readPipeline, type Settings } from "../../src/index.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { makeDatabase } from "../support/scratch-database.ts";
import type { Pair } from "./pair.ts";

export type Scene = {
  readonly url: string;
  /** Of the pipeline file, through a file as people do; `more`: sections added to it. */
  settings(more?: Readonly<Record<string, unknown>>): Settings;
};

export async function withScene<T>(pair: Pair, work: (scene: Scene) => Promise<T>): Promise<T> {
  const db = await freshDatabase();
  const other = isPostgres(pair) ? await freshDatabase() : null;
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-pair-"));
  chmodSync(folder, 0o755);
  try {
    await db.pool.query(pair.live);
    for (const [name, text] of Object.entries(pair.files ?? {})) writeFileSync(join(folder, name), text);
    const source = await sourceOf(pair, folder, other);
    const target = `target: { kind: postgres, url: "${db.url}", existing: ${pair.existing} }`;
    return await work({
      url: db.url,
      settings(more = {}) {
        const path = join(folder, "pipeline.yaml");
        const sections = Object.keys(more).length === 0 ? "" : stringify(more);
        writeFileSync(path, `${["name: pair", source, target, pair.pipeline ?? "", sections].join("\n")}\n`);
        const settings = readPipeline(path, {});
        // Without the questions to a search index.
        return { ...settings, validate: { ...settings.validate, search: false } };
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await db.drop();
    await other?.drop();
  }
}

/** All that the command line would print of an error, and of what caused it. */
export function messageOf(thrown: RowhaulError): string {
  const all = [thrown, thrown.cause].filter((one) => one instanceof RowhaulError);
  return all.flatMap((one) => [one.message, ...Object.values(one.place), ...one.details, ...one.paste]).join("\n");
}

/** The error that must come. */
export async function refusal(work: () => Promise<unknown>): Promise<RowhaulError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was refused");
}

/** A test that fails shows all of the message. */
export async function withFullMessage(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    throw new Error(`${thrown.code}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function isPostgres({ source }: Pair): boolean {
  return typeof source === "object" && "postgres" in source;
}

async function sourceOf({ source }: Pair, folder: string, other: TestDatabase | null): Promise<string> {
  if (other !== null && typeof source === "object" && "postgres" in source) {
    await other.pool.query(source.postgres);
    return `source: { kind: postgres, url: "${other.url}" }`;
  }
  if (typeof source === "string") {
    makeDatabase(source, join(folder, "app.db"));
    return "source: { kind: sqlite, path: app.db }";
  }
  writeFileSync(join(folder, "t.ndjson"), "ndjson" in source ? source.ndjson : "");
  return "source: { kind: json, path: t.ndjson, table: t, key: { t: [id] } }";
}
