/** What steps ask for, answered a second time and apart from the first pass: no code of it is used here. */
import Database from "better-sqlite3";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Services, Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { digestOf } from "../digest.ts";
import { openSource, type Source } from "../source-reader.ts";
import { canonicalRow } from "./canonical.ts";
import { readTable } from "./read-table.ts";

export type ReplayServices = Services & { settle(counts: boolean): void; close(): void };

export function replayServices(snapshot: string, catalog: Catalog): ReplayServices {
  const scratch = new Database("");
  scratch.pragma("journal_mode = OFF");
  scratch.exec("CREATE TABLE seen (nth INTEGER, k BLOB, PRIMARY KEY (nth, k)) WITHOUT ROWID; BEGIN");
  const mark = scratch.prepare("INSERT OR IGNORE INTO seen VALUES (?, ?)");
  const unmark = scratch.prepare("DELETE FROM seen WHERE nth = ? AND k = ?");
  let marks: [number, Buffer][] = [];
  let sets = 0;
  const open: Source[] = [];
  return {
    lookup(table, by, take) {
      const source = openSource(snapshot);
      open.push(source);
      return lookup(source, scratch, catalog, { table, by, take });
    },
    firstSeen() {
      sets += 1;
      const own = sets;
      return (key) => {
        const digest = digestOf(Buffer.from(key));
        const first = mark.run(own, digest).changes === 1;
        if (first) marks.push([own, digest]);
        return first;
      };
    },
    /** `counts`: false when the row was left behind, so that its keys were not seen in it. */
    settle(counts) {
      if (!counts) for (const [own, digest] of marks) unmark.run(own, digest);
      if (marks.length > 0) marks = [];
    },
    close() {
      scratch.close();
      for (const source of open) source.close();
    },
  };
}

/** Places of the other table's rows by the digest of the value asked for; the row itself is read when it is found. */
function lookup(
  source: Source,
  scratch: Database.Database,
  catalog: Catalog,
  wanted: { readonly table: string; readonly by: string; readonly take: string },
): (value: Value) => Value | undefined {
  const table = catalog.tables.find((one) => sameName(one.name, wanted.table));
  const named = [wanted.by, wanted.take].map(
    (column) => table?.columns.find((one) => sameName(one.name, column))?.name,
  );
  const [by, take] = named;
  if (table === undefined || by === undefined || take === undefined)
    throw new RowhaulError("PLAN_INVALID", `The source has no ${wanted.table} (${wanted.by}, ${wanted.take}).`);
  const name = `lookup_${scratch.prepare("SELECT count(*) FROM sqlite_schema").pluck().get()}`;
  scratch.exec(`CREATE TABLE ${name} (k BLOB, class TEXT, v)`);
  const add = scratch.prepare(`INSERT INTO ${name} VALUES (?, ?, ?)`);
  for (const piece of readTable(source, table, [by, take], [], false, catalog.encoding))
    for (const { values } of piece) {
      const [key = null, value = null] = values;
      if (key !== null) add.run(keyDigest(key, catalog), ...stored(value));
    }
  scratch.exec(`CREATE INDEX ${name}_k ON ${name}(k)`);
  const find = scratch.prepare(`SELECT class, v FROM ${name} WHERE k = ? LIMIT 2`).raw(true).safeIntegers(true);
  return (value) => {
    if (value === null) return undefined;
    const [found, second] = find.all(keyDigest(value, catalog)) as [string, Value][];
    if (second !== undefined)
      throw new RowhaulError("TRANSFORM_FAILED", `Several rows of ${wanted.table} have this ${wanted.by}.`);
    if (found === undefined) return undefined;
    return found[0] === "raw" ? { rawText: found[1] as Uint8Array } : found[1];
  };
}

function stored(value: Value): [string, Exclude<Value, { rawText: Uint8Array }>] {
  return value !== null && typeof value === "object" && "rawText" in value
    ? ["raw", Buffer.from(value.rawText)]
    : ["plain", value];
}

/** An integer and a real of the same number find each other. */
function keyDigest(value: Value, catalog: Catalog): Buffer {
  return digestOf(canonicalRow([wholeOf(value)], [0], catalog.encoding));
}

function wholeOf(value: Value): Value {
  if (typeof value !== "number" || !Number.isInteger(value)) return value;
  const whole = BigInt(value);
  return BigInt.asIntN(64, whole) === whole ? whole : value;
}
