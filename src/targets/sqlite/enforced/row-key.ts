/** What identifies the rows of a table of the file. */
import { quoteName } from "../../../core/quote.ts";
import type { Sqlite } from "../state/state.ts";

export type RowKey = {
  /** As a message names its parts. */
  readonly names: readonly string[];
  /** As a statement does. */
  readonly sql: readonly string[];
  /** The name of the rowid; null where there is none. */
  readonly rowid: string | null;
};

type Info = { readonly name: string; readonly pk: number };

export function rowKeyOf(db: Sqlite, table: string): RowKey {
  const info = db.prepare("SELECT name, pk FROM pragma_table_xinfo(?, 'main')").all(table) as Info[];
  const key = info
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name);
  const wr = db
    .prepare("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE")
    .pluck()
    .get(table);
  const taken = new Set(info.map(({ name }) => name.toLowerCase()));
  const rowid = wr === 1 ? null : (["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null);
  if (key.length > 0) return { names: key, sql: key.map(quoteName), rowid };
  return rowid === null ? { names: [], sql: [], rowid } : { names: ["rowid"], sql: [rowid], rowid };
}
