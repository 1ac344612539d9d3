/** How rows meet those of the application's table, and each other, by its unique keys. */

import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import { cleaningUp } from "../../../core/messages/clean-up.ts";
import type { ProfileHooks } from "../../../core/ports.ts";
import { quoteName } from "../../../core/quote.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { FileKey, FileMet, FileRequest } from "../../../core/schema/file-schema.ts";
import { foldName } from "../../../core/schema/names.ts";
import type { Cell } from "../../../core/values/wire.ts";
import { type FileValue, readForFile } from "../../../live-types/file-value.ts";
import { cellAt } from "../../../snapshot/fit/cell-at.ts";
import { Tally } from "../../../snapshot/fit/column-census.ts";
import { Samples } from "../../../snapshot/profile/samples.ts";
import { fileSlot } from "../../../snapshot/rows/read-rows.ts";
import { selection } from "../../../sqlite/open.ts";
import type { Sqlite } from "../state/state.ts";

const mostRowids = 10_000;
const rowsPerTurn = 5000;

export type KeysFit = {
  readonly taken: FileMet;
  readonly occupied: Readonly<Record<string, FileMet>>;
  readonly alike: Readonly<Record<string, FileMet>>;
};

/** `live`: the file; `hasRows`: whether its table has any; `changing`: source columns of which some values are asked about. */
export async function fitKeys(
  live: Sqlite,
  snapshot: Sqlite,
  encoding: Catalog["encoding"],
  request: FileRequest,
  { hasRows, changing, hooks }: { hasRows: boolean; changing: ReadonlySet<string>; hooks: ProfileHooks },
): Promise<KeysFit> {
  const { table, where, keys, mode } = request;
  const primary = keys.find((key) => key.primary);
  const meets = hasRows && mode !== "replace";
  const taken = new MetRows();
  const occupied = new Map(keys.filter((key) => !key.primary).map((key) => [key.name, new MetRows()]));
  const alike = new Map(keys.map((key) => [key.name, new MetRows()]));
  const loose = keys.filter((key) => !isKeptApart(key, request, changing));
  // Rows without questions need not be read.
  const asked = meets ? keys : loose;
  const columns = request.columns.filter(({ target }) => asked.some((key) => key.columns.includes(target)));
  if (asked.length === 0) return { taken: taken.met, occupied: {}, alike: {} };
  const scratch = new Database("");
  let read = 0;
  await cleaningUp(
    async () => {
      scratch.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
      live.exec("BEGIN");
      const findPrimary = primary === undefined || !meets ? null : finder(live, request.target, primary, null);
      const finders = keys
        .filter((key) => !key.primary && meets)
        .map((key) => ({ key, find: finder(live, request.target, key, mode === "append" ? null : (primary ?? null)) }));
      const seen = loose.map((key, i) => ({ key, isNew: gatherer(scratch, key, i, request) }));
      const samples = new Samples(snapshot, table, where);
      const slots = columns.map(({ source, reading }) => fileSlot(quoteName(source), reading, encoding));
      const sql = `SELECT ${[...slots, table.rowidName ?? "NULL", samples.keySql].join(", ")} FROM ${quoteName(table.relation ?? table.name)}${where === null ? "" : ` WHERE ${selection(where)}`}`;
      for (const row of snapshot.prepare(sql).raw(true).safeIntegers(true).iterate() as IterableIterator<unknown[]>) {
        if (++read % rowsPerTurn === 0) {
          // A lock for each question would take longer than the answers; a longer one would keep writers waiting.
          live.exec("COMMIT");
          hooks.progress(table.name, read, read);
          await setImmediate();
          hooks.signal.throwIfAborted();
          live.exec("BEGIN");
        }
        const valueIn = (name: string): FileValue | null => {
          const at = columns.findIndex(({ target }) => target === name);
          const column = columns[at];
          return column === undefined ? null : sentValue(cellAt(row[at], encoding), column.reading);
        };
        const rowid = row[columns.length];
        const place = {
          rowid: rowid === null || table.rowidName === null ? null : String(rowid),
          sample: (key: FileKey) => () => ({
            key: samples.keyOf(row.slice(columns.length + 1)),
            value: key.columns.map((name) => `${name}=${shownKey(valueIn(name))}`).join(", "),
          }),
        };
        const valuesOf = (key: FileKey): FileValue[] | null => {
          const values = key.columns.map(valueIn);
          return values.includes(null) ? null : (values as FileValue[]);
        };
        const own = primary === undefined ? null : valuesOf(primary);
        const isTaken = primary !== undefined && own !== null && findPrimary?.(own, null) === true;
        if (isTaken && primary !== undefined) taken.add(place.rowid, place.sample(primary));
        if (isTaken && mode === "skip") continue;
        for (const { key, find } of finders) {
          const values = valuesOf(key);
          if (values !== null && find(values, own)) occupied.get(key.name)?.add(place.rowid, place.sample(key));
        }
        for (const { key, isNew } of seen) {
          const values = valuesOf(key);
          if (values !== null && !isNew(values)) alike.get(key.name)?.add(place.rowid, place.sample(key));
        }
      }
    },
    () => (live.inTransaction ? live.exec("COMMIT") : undefined),
    () => scratch.close(),
  );
  const plain = (met: Map<string, MetRows>): Record<string, FileMet> =>
    Object.fromEntries([...met].map(([name, one]) => [name, one.met]));
  return { taken: taken.met, occupied: plain(occupied), alike: plain(alike) };
}

/** The source keeps rows apart by the same columns, and each value goes in as it is there. */
function isKeptApart(key: FileKey, { table, columns }: FileRequest, changing: ReadonlySet<string>): boolean {
  if (key.collations.some((name) => name.toUpperCase() !== "BINARY")) return false;
  const own = key.columns.map((name) => columns.find(({ target }) => target === name));
  if (own.some((column) => column === undefined || column.reading.as !== "stored" || changing.has(column.source)))
    return false;
  const names = own.map((column) => foldName(column?.source ?? "")).sort();
  const same = (one: readonly string[]): boolean => one.map(foldName).sort().join("\0") === names.join("\0");
  return (table.primaryKey !== null && same(table.primaryKey)) || table.uniques.some((one) => same(one.columns));
}

class MetRows {
  readonly #tally = new Tally();
  #rowids: string[] | null = [];

  add(rowid: string | null, sample: Parameters<Tally["add"]>[0]): void {
    this.#tally.add(sample);
    if (rowid === null || (this.#rowids?.length ?? 0) >= mostRowids) this.#rowids = null;
    else this.#rowids?.push(rowid);
  }

  get met(): FileMet {
    return { found: this.#tally.found, rowids: this.#rowids };
  }
}

type Find = (values: readonly FileValue[], own: readonly FileValue[] | null) => boolean;

/** Whether the file has a row with the key; with `other`, one that is distinguished by that. */
function finder(live: Sqlite, table: string, { columns }: FileKey, other: FileKey | null): Find {
  const same = columns.map((name) => `${quoteName(name)} = ?`).join(" AND ");
  const plain = live.prepare(`SELECT 1 FROM main.${quoteName(table)} WHERE ${same}`);
  if (other === null) return (values) => plain.get(...values) !== undefined;
  const apart = other.columns.map((name) => `${quoteName(name)} = ?`).join(" AND ");
  const another = live.prepare(`SELECT 1 FROM main.${quoteName(table)} WHERE ${same} AND NOT (${apart})`);
  return (values, own) =>
    own === null ? plain.get(...values) !== undefined : another.get(...values, ...own) !== undefined;
}

/** Whether a key is the first of its kind, by the types and collations of the file's columns. */
function gatherer(
  scratch: Sqlite,
  key: FileKey,
  position: number,
  { columns }: FileRequest,
): (values: readonly FileValue[]) => boolean {
  const custom = key.collations.find((name) => !/^(BINARY|NOCASE|RTRIM)$/i.test(name));
  // A collation that only the application has cannot be used here.
  if (custom !== undefined) return () => true;
  const types = key.columns.map(
    (name) => columns.find(({ target }) => target === name)?.reading.affinity.replace("BLOB", "") ?? "",
  );
  const list = types.map((type, i) => `k${i} ${type} COLLATE ${key.collations[i] ?? "BINARY"}`).join(", ");
  const names = types.map((_, i) => `k${i}`).join(", ");
  scratch.exec(`CREATE TABLE keys${position} (${list}, UNIQUE (${names}))`);
  const add = scratch.prepare(`INSERT OR IGNORE INTO keys${position} VALUES (${types.map(() => "?").join(", ")})`);
  return (values) => add.run(...values).changes === 1;
}

/** What comes into the column, whichever policy will be accepted. */
function sentValue(cell: Cell, reading: FileRequest["columns"][number]["reading"]): FileValue | null {
  if (cell.storage === "null") return null;
  const read = readForFile(reading, cell);
  const value = read.ok ? read.value : read.becomes;
  if (value !== null) return value;
  const text = cell.bytes.toString("utf8");
  switch (cell.storage) {
    case "integer":
      return BigInt(text);
    case "real":
      return Number(text);
    case "text":
      return text;
    default:
      return cell.bytes;
  }
}

function shownKey(value: FileValue | null): string {
  if (value === null) return "NULL";
  if (Buffer.isBuffer(value)) return `x'${value.toString("hex").slice(0, 40)}'`;
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
}
