/** The ledger's lines about ids that became the live rows': each of those that the proof found itself, and no others. */
import { mappedRule } from "../../../../core/plan/live.ts";
import { quoteName } from "../../../quote.ts";
import type { ValidatorInput } from "../../validator.ts";
import { type Comparison, was } from "../comparison.ts";
import { stagedKeys } from "./key-texts.ts";
import type { Opened } from "./opened.ts";

export async function checkMappedCells(
  { source, target, findings }: Opened,
  input: ValidatorInput,
  comparison: Comparison,
): Promise<void> {
  const { table, arriving } = comparison;
  if (arriving === null || (table.mapped ?? []).length === 0) return;
  source.exec(`DROP TABLE IF EXISTS temp."rowhaul lines"; CREATE TEMP TABLE "rowhaul lines"(key TEXT, col TEXT, after TEXT);
    CREATE INDEX temp."rowhaul lines by cell" ON "rowhaul lines"(key, col)`);
  const add = source.prepare(`INSERT INTO temp."rowhaul lines" VALUES (?, ?, ?)`);
  const pages = target.pages(
    `SELECT key, column_name, after FROM ${quoteName(input.state)}.ledger WHERE run_id = $1 AND table_name = $2 AND rule = $3`,
    [input.run, table.source, mappedRule],
    5000,
  );
  for await (const rows of pages) for (const row of rows) add.run(...row);
  const strike = source.prepare(
    `DELETE FROM temp."rowhaul lines" WHERE rowid = (SELECT rowid FROM temp."rowhaul lines" WHERE key = ? AND col = ? AND after = ? LIMIT 1)`,
  );
  const account = async (own: string, key: string, after: string): Promise<void> => {
    if (strike.run(key, own, after).changes > 0) return;
    await findings.difference(() => ({
      table: table.source,
      key,
      column: own,
      target: after,
      message: "The id became that of the live row, and the ledger does not say so.",
    }));
  };
  for (const { column } of table.mapped ?? []) {
    const own = table.columns.find((one) => one.target === column)?.source;
    if (own === undefined) continue;
    const c = quoteName(own);
    const changed = source
      .prepare<[string], [string, string]>(
        `SELECT "rowhaul place", iif(typeof(${c}) = 'blob', '\\x' || lower(hex(${c})), CAST(${c} AS TEXT)) FROM temp.${arriving.relation}
          WHERE "rowhaul place" > ? AND ${c} IS NOT ${was(own)} AND ${c} IS NOT NULL ORDER BY 1 LIMIT 5000`,
      )
      .raw();
    for (const page of paged(changed)) {
      const keys = await stagedKeys(
        comparison,
        input.schema,
        page.map(([place]) => place),
      );
      for (const [place, after] of page) await account(own, keys.get(place) ?? "", after);
    }
  }
  const left = source
    .prepare<[], { key: string; col: string; after: string }>(`SELECT * FROM temp."rowhaul lines" LIMIT 100`)
    .all();
  for (const { key, col, after } of left)
    await findings.difference(() => ({
      table: table.source,
      key,
      column: col,
      target: after,
      message: `The ledger says that ${mappedRule} changed this cell, but no such difference exists.`,
    }));
}

function* paged(page: { all(after: string): [string, string][] }): Generator<[string, string][]> {
  let after = "";
  for (;;) {
    const rows = page.all(after);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)?.[0] ?? after;
  }
}
