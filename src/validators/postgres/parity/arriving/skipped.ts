/** Rows that stayed out because the live table had their key: found from the live rows, and compared with quarantine. */
import { skippedRule } from "../../../../core/plan/live.ts";
import { quoteName } from "../../../quote.ts";
import type { ValidatorInput } from "../../validator.ts";
import type { Comparison } from "../comparison.ts";
import { askByKey } from "./ask-by-key.ts";
import { stagedKeys } from "./key-texts.ts";
import type { Opened } from "./opened.ts";

/** Takes them out of the arriving rows; returns how many they are. */
export async function leaveOutSkipped(
  { source, target, findings }: Opened,
  input: ValidatorInput,
  comparison: Comparison | null,
): Promise<number> {
  if (comparison?.arriving == null) return 0;
  const { table } = comparison;
  source.exec(`DROP TABLE IF EXISTS temp."rowhaul listed"; CREATE TEMP TABLE "rowhaul listed"(key TEXT, n INTEGER);
    CREATE INDEX temp."rowhaul listed by key" ON "rowhaul listed"(key);
    DROP TABLE IF EXISTS temp."rowhaul skipped"; CREATE TEMP TABLE "rowhaul skipped"(place TEXT PRIMARY KEY)`);
  const list = source.prepare(`INSERT INTO temp."rowhaul listed" VALUES (?, ?)`);
  const pages = target.pages(
    `SELECT key, count(*) FROM ${quoteName(input.state)}.quarantine WHERE run_id = $1 AND table_name = $2 AND rule = $3 GROUP BY key`,
    [input.run, table.source, skippedRule],
    5000,
  );
  for await (const rows of pages) for (const [key, n] of rows) list.run(key, Number(n));
  const strike = source.prepare(
    `UPDATE temp."rowhaul listed" SET n = n - 1 WHERE rowid = (SELECT rowid FROM temp."rowhaul listed" WHERE key = ? AND n > 0 LIMIT 1)`,
  );
  const skip = source.prepare(`INSERT OR IGNORE INTO temp."rowhaul skipped" VALUES (?)`);
  const inside = input.live?.inside != null;
  const unlisted: string[] = [];
  // While the transaction is open, its number tells which rows were there before it.
  const before = inside ? "l.xmin <> pg_current_xact_id()::xid" : "true";
  const match = table.match ?? (await primaryKey(comparison, input.schema));
  const there: string[] = [];
  const onAnswer = (place: string, answer: string | null): void => {
    if (answer !== null) there.push(place);
  };
  await askByKey(comparison, input.schema, match, "'there'", onAnswer, before);
  const keys = await stagedKeys(comparison, input.schema, there);
  for (const place of there) {
    const key = keys.get(place) ?? "";
    if (strike.run(key).changes > 0) skip.run(place);
    else if (inside) unlisted.push(key);
  }
  for (const key of unlisted.slice(0, 100))
    await findings.difference(() => ({
      table: table.source,
      key,
      message: "The target has a row with this key already, and quarantine does not list the source's.",
    }));
  const missing = source
    .prepare<[], string>(`SELECT key FROM temp."rowhaul listed" WHERE n > 0 LIMIT 100`)
    .pluck()
    .all();
  for (const key of missing)
    await findings.difference(() => ({
      table: table.source,
      key,
      message: `The row is in quarantine (${skippedRule}), but the target has no row with its key.`,
    }));
  const left = source
    .prepare(
      `DELETE FROM temp.${comparison.arriving.relation} WHERE "rowhaul place" IN (SELECT place FROM temp."rowhaul skipped")`,
    )
    .run();
  return left.changes;
}

export async function primaryKey({ target, table }: Comparison, schema: string): Promise<string[]> {
  const rows = await target.query(
    `SELECT a.attname FROM pg_catalog.pg_constraint p CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k (attnum, n)
       JOIN pg_catalog.pg_attribute a ON a.attrelid = p.conrelid AND a.attnum = k.attnum
      WHERE p.contype = 'p' AND p.conrelid = pg_catalog.to_regclass($1) ORDER BY k.n`,
    [`${quoteName(schema)}.${quoteName(table.target)}`],
  );
  return rows.flatMap(([column]) => column ?? []);
}
