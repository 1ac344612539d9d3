/** Plays one pair: makes both sides and the pipeline file, runs, and looks at what a plain client sees. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ErrorCode, RowhaulError, readPipeline, rollback, run, type Settings } from "../../src/index.ts";
import { makeDatabase } from "../connectors/scratch.ts";
import { freshDatabase } from "../support/database.ts";
import { type Arrives, isRefused, type Pair } from "./pair.ts";
import { shownRows, wholeSchema, withPlainClient } from "./plain-client.ts";

export function playAll(title: string, pairs: readonly Pair[]): void {
  describe.concurrent(title, () => {
    it.each(pairs.map((pair) => [pair.name, pair] as const))("%s", (_, pair) => play(pair));
  });
}

export async function play(pair: Pair): Promise<void> {
  const db = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-pair-"));
  chmodSync(folder, 0o755);
  try {
    await db.pool.query(pair.live);
    const settings = settingsOf(pair, folder, db.url);
    const look = (): Promise<Record<string, string[]>> => withPlainClient(db.url, (client) => wholeSchema(client));
    const before = isRefused(pair) || pair.back === true ? await look() : {};
    if (isRefused(pair)) {
      const { code, says, saysNot = [] } = pair.refused;
      const found = await refusal(() => run(settings));
      expect(found.code, found.text).toBe(code);
      for (const words of says) expect(found.text).toContain(words);
      for (const words of saysNot) expect(found.text).not.toContain(words);
    } else {
      await said(() => run(settings));
      await lookAt(pair, db.url);
      if (pair.back !== true) return;
      await said(() => rollback(settings));
    }
    expect(await look()).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await db.drop();
  }
}

/** All that the command line would print of the error, and of what caused it. */
export async function refusal(work: () => Promise<unknown>): Promise<{ code: ErrorCode; text: string }> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    const all = [thrown, thrown.cause].filter((one) => one instanceof RowhaulError);
    const lines = all.flatMap((one) => [one.message, ...Object.values(one.place), ...one.details, ...one.paste]);
    return { code: thrown.code, text: lines.join("\n") };
  }
  throw new Error("nothing was refused");
}

/** A test that fails shows all of the message. */
async function said(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    throw new Error([thrown.code, thrown.message, ...thrown.details, ...thrown.paste].join("\n"), { cause: thrown });
  }
}

/** Through a file, as people do. Without the questions to a search index. */
function settingsOf(pair: Pair, folder: string, url: string): Settings {
  const path = join(folder, "pipeline.yaml");
  writeFileSync(path, `${[...heading(pair, folder, url), pair.pipeline ?? ""].join("\n")}\n`);
  const settings = readPipeline(path, {});
  return { ...settings, validate: { ...settings.validate, search: false } };
}

function heading({ source, existing }: Pair, folder: string, url: string): string[] {
  const path = join(folder, typeof source === "string" ? "app.db" : "t.ndjson");
  if (typeof source === "string") makeDatabase(source, path);
  else writeFileSync(path, source.ndjson);
  const kind =
    typeof source === "string"
      ? "{ kind: sqlite, path: app.db }"
      : "{ kind: json, path: t.ndjson, table: t, key: { t: [id] } }";
  return ["name: pair", `source: ${kind}`, `target: { kind: postgres, url: "${url}", existing: ${existing} }`];
}

async function lookAt({ rows, ledger = [], quarantined = [] }: Arrives, url: string): Promise<void> {
  await withPlainClient(url, async (client) => {
    for (const [of, expected] of Object.entries(rows)) expect(await shownRows(client, of), of).toEqual(expected);
    const changed =
      "SELECT table_name, key, column_name, before, after, rule FROM rowhaul.ledger ORDER BY table_name, key, column_name";
    if (ledger !== "as the rows say") expect(await shownRows(client, changed), "the ledger").toEqual(ledger);
    const moved = "SELECT table_name, key, rule FROM rowhaul.quarantine ORDER BY 1, 2";
    expect(await shownRows(client, moved), "quarantine").toEqual(quarantined);
  });
}
