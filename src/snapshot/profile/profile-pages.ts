/**
 * Profiles a table by the pages of its file: what profile-rows.ts finds, for a tenth of its CPU. Whatever is odd is looked
 * at again through SQLite, which also has the last word where a file is damaged.
 */
import type { ColumnProfile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileHooks, ProfileRequest } from "../../core/ports.ts";
import { foldName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { PageError } from "../pages/page-error.ts";
import type { PageFile } from "../pages/page-file.ts";
import { storedTable } from "../pages/stored-table.ts";
import { columnProfile, kindIn, valueCensus } from "./column-profile.ts";
import { type PageWalk, walkPages } from "./page-walk.ts";
import { chunksOf, countRows } from "./profile-rows.ts";
import { Samples } from "./samples.ts";
import { TextCensus } from "./text.ts";
import { isOneUnit, unitRows } from "./unit-bounds.ts";

/** Why the pages do not say it all, for people: rows that are selected, or a file that SQLite is to judge. */
export async function profilePages(
  db: Sqlite,
  pages: PageFile,
  { table, where, kinds, sampled }: ProfileRequest,
  bytes: number,
  hooks: ProfileHooks,
): Promise<TableProfile | string> {
  const stored = where === null ? storedTable(db, table) : "rows are selected";
  if (typeof stored === "string") return stored;
  const rows = countRows(db, table);
  const samples = new Samples(db, table, null);
  const columnKinds = table.columns.map((column) => kindIn(kinds, column));
  const values = table.columns.map((column, i) => valueCensus(column, columnKinds[i] ?? "plain", samples));
  const step = unitRows(bytes, rows);
  const progress = (done: number): void => hooks.progress(table.name, done, rows);
  progress(0);
  let found: PageWalk;
  try {
    found = await walkPages(db, pages, table, stored, values, step, { progress, signal: hooks.signal });
  } catch (thrown) {
    if (!(thrown instanceof PageError)) throw thrown;
    return `its pages alone do not say what it holds: ${thrown.message}`;
  }
  if (found.rows !== rows) return `its pages hold ${found.rows} rows, and SQLite finds ${rows}`;
  progress(rows);
  const texts = table.columns.map(({ name }) => new TextCensus(name, "UTF-8", samples));
  const odd = found.columns.some((column) => column.odd);
  for (const chunk of odd ? chunksOf(db, table, null, bytes, rows) : []) {
    hooks.signal.throwIfAborted();
    for (const [i, column] of found.columns.entries()) if (column.odd) texts[i]?.inspect(chunk, i);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const columns: Record<string, ColumnProfile> = {};
  for (const [i, column] of table.columns.entries()) {
    const [classes, text] = [found.columns[i], texts[i]];
    if (classes === undefined || text === undefined) continue;
    const shown = sampled?.has(foldName(column.name)) === true;
    const kind = columnKinds[i] ?? "plain";
    columns[column.name] = columnProfile(column, kind, classes, text, values[i] ?? null, samples, shown);
  }
  const { lastRowid, boundaries } = found;
  const cuts = isOneUnit(rows, step) ? [] : boundaries;
  return { rows, selected: rows, columns, lastRowid, boundaries: cuts, bytes, viaSqlite: null };
}
