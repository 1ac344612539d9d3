/**
 * Full-text tables after their texts have changed. One whose texts are in another table is rebuilt from it; what
 * cannot be rebuilt is left out, because a search that finds the old texts would be worse than none.
 */

import { messageOf } from "../../core/messages/errors.ts";
import { nowhereElse } from "../../core/plan/stays-behind.ts";
import type { TransformReport } from "../../core/plan/transform.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, VirtualTable } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { readCatalog } from "../catalog/read-file-catalog.ts";

export type LeftOut = TransformReport["leftOut"][number];

/**
 * `touched`: tables whose rows or columns are others now. `cut`: only some rows of the source are taken, so an index
 * with texts of its own would still find the others. The catalog is that of the reshaped tables.
 */
export function refreshFullText(
  db: Sqlite,
  reshaped: Catalog,
  touched: (table: string) => boolean,
  cut: boolean,
): { readonly catalog: Catalog; readonly leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const rebuilt = new Set<string>();
  for (const virtual of reshaped.virtualTables) {
    const content = contentTable(virtual.sql);
    if (content === null) {
      if (cut) leftOut.push(cutOff(db, virtual));
      continue;
    }
    if (!touched(content)) continue;
    const reason = cannotRebuild(db, virtual, content);
    const hazard = { code: "VIRTUAL_TABLE_LOST", at: virtual.name } as const;
    if (reason !== null) leftOut.push({ object: virtual.name, reason, hazard });
    else rebuilt.add(foldName(virtual.name));
  }
  for (const name of rebuilt) {
    const virtual = reshaped.virtualTables.find((one) => foldName(one.name) === name) as VirtualTable;
    db.prepare(`INSERT INTO ${quoteName(virtual.name)}(${quoteName(virtual.name)}) VALUES ('rebuild')`).run();
  }
  for (const { object } of leftOut) dropQuietly(db, object);
  return { catalog: withFresh(db, reshaped, leftOut, rebuilt), leftOut };
}

function cutOff(db: Sqlite, { name, shadowTables }: VirtualTable): LeftOut {
  const reason = "it holds all rows, and only some of them are selected";
  const texts = shadowTables.find((shadow) => shadow === `${name}_content`);
  if (texts === undefined) return { object: name, reason };
  const rows = Number(
    db
      .prepare(`SELECT count(*) FROM ${quoteName(texts)}`)
      .pluck()
      .get(),
  );
  return { object: name, reason: `${reason}: ${nowhereElse(rows, "text")}`, rows };
}

/** The table named by `content=`; null when the index keeps its own texts, or nobody does. */
export function contentTable(sql: string): string | null {
  const found = /[(,]\s*content\s*=\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|\[([^\]]*)\]|`([^`]*)`|([^\s,)]+))/i.exec(
    sql,
  );
  if (found === null) return null;
  const [, single, double, bracket, tick, bare] = found;
  const name = single?.replaceAll("''", "'") ?? double?.replaceAll('""', '"') ?? bracket ?? tick ?? bare ?? "";
  return name === "" ? null : name;
}

/** Tried before anything is deleted from the index: without a journal a statement that fails half-way cannot be taken back. */
function cannotRebuild(db: Sqlite, virtual: VirtualTable, content: string): string | null {
  let columns: string[];
  try {
    columns = db
      .prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0")
      .pluck()
      .all(virtual.name) as string[];
  } catch (thrown) {
    return `its index cannot be made anew here: ${messageOf(thrown)}`;
  }
  const rowid = /[(,]\s*content_rowid\s*=\s*['"[`]?([^\s,)'"\]`]+)/i.exec(virtual.sql)?.[1];
  const named = rowid === undefined || /^(rowid|_rowid_|oid)$/i.test(rowid) ? columns : [...columns, rowid];
  const there = db.prepare("SELECT name FROM pragma_table_xinfo(?)").pluck().all(content) as string[];
  if (there.length === 0) return `the table ${content}, whose texts it indexes, is not there any more`;
  const gone = named.filter((name) => !there.some((column) => sameName(column, name)));
  if (gone.length > 0) return `${content} has no column ${gone.join(", ")} any more`;
  if (named.length > columns.length && holdsOthers(db, content, rowid ?? ""))
    return `${content}.${rowid}, the number of its rows, does not hold integers alone any more`;
  return null;
}

function holdsOthers(db: Sqlite, table: string, column: string): boolean {
  const sql = `SELECT 1 FROM ${quoteName(table)} WHERE typeof(${quoteName(column)}) <> 'integer' LIMIT 1`;
  return db.prepare(sql).get() !== undefined;
}

/** One whose tokenizer only the application has cannot even be dropped; then it stays in the file, unread. */
function dropQuietly(db: Sqlite, name: string): void {
  try {
    db.exec(`DROP TABLE IF EXISTS ${quoteName(name)}`);
  } catch {
    return;
  }
}

/** Rows and tokens are counted again by the index itself. */
function withFresh(db: Sqlite, reshaped: Catalog, leftOut: readonly LeftOut[], rebuilt: ReadonlySet<string>): Catalog {
  if (leftOut.length === 0 && rebuilt.size === 0) return reshaped;
  const fresh = readCatalog(db).virtualTables;
  const isOut = (name: string): boolean => leftOut.some(({ object }) => sameName(object, name));
  return {
    ...reshaped,
    tables: reshaped.tables.filter((table) => table.fullText === undefined || !isOut(table.name)),
    virtualTables: reshaped.virtualTables
      .filter(({ name }) => !isOut(name))
      .map((virtual) => {
        const totals = fresh.find(({ name }) => sameName(name, virtual.name))?.totals;
        return rebuilt.has(foldName(virtual.name)) && totals !== undefined ? { ...virtual, totals } : virtual;
      }),
  };
}
