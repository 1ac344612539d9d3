/** What steps may ask for while rows pass: other tables' rows, and whether a key came before. Kept on disk, so that memory stays flat. */
import Database from "better-sqlite3";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Services, Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { openSqlite, type Sqlite } from "../../sqlite/open.ts";
import { readValues } from "./read-values.ts";
import { seenKeys } from "./seen-keys.ts";
import { decodeText, encodeText } from "./text-bytes.ts";
import { rowWriter } from "./write-values.ts";

export type ChainServices = Services & {
  /** The row is written: keys first seen in it are kept. */
  keep(): void;
  /** The row is left behind: keys first seen in it are removed. */
  discard(): void;
  close(): void;
};

/** Answers kept in memory for each lookup. */
const keptAnswers = 10_000;

export function chainServices(snapshot: string, catalog: Catalog): ChainServices {
  const scratch = openScratch(catalog.encoding);
  const seen = seenKeys(scratch);
  let lookups = 0;
  return {
    lookup(table, by, take) {
      lookups += 1;
      return lookupIn(scratch, `lookup_${lookups}`, snapshot, catalog, { table, by, take });
    },
    firstSeen: seen.firstSeen,
    keep: seen.keep,
    discard: seen.discard,
    close: () => scratch.close(),
  };
}

function openScratch(encoding: Catalog["encoding"]): Sqlite {
  const db = new Database("");
  db.pragma(`encoding = '${encoding}'`);
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.defaultSafeIntegers(true);
  db.exec("BEGIN");
  return db;
}

function lookupIn(
  scratch: Sqlite,
  name: string,
  snapshot: string,
  catalog: Catalog,
  wanted: { readonly table: string; readonly by: string; readonly take: string },
): (value: Value) => Value | undefined {
  fill(scratch, name, snapshot, catalog, wanted);
  const text = catalog.encoding;
  const select = (key: string): Database.Statement<unknown[], unknown[]> =>
    scratch
      .prepare<unknown[], unknown[]>(
        `SELECT CASE typeof(v) WHEN 'text' THEN CAST(v AS BLOB) ELSE v END, typeof(v) = 'text' FROM ${name} WHERE k = ${key} LIMIT 2`,
      )
      .raw(true);
  const [plain, bytes] = [select("?"), select("CAST(? AS TEXT)")];
  const find = (value: Value): Value | undefined => {
    const [found, second] =
      typeof value === "string"
        ? bytes.all(encodeText(value, text))
        : value !== null && typeof value === "object" && "rawText" in value
          ? bytes.all(value.rawText)
          : plain.all(value);
    if (second !== undefined)
      throw new RowhaulError("TRANSFORM_FAILED", `Several rows of ${wanted.table} have this ${wanted.by}.`, {
        hint: `Look up by a column of ${wanted.table} that is unique.`,
      });
    if (found === undefined) return undefined;
    return found[1] === 1n ? decodeText(found[0] as Buffer, text) : (found[0] as Value);
  };
  const answers = new Map<Value, Value | undefined>();
  return (value) => {
    if (value === null) return undefined;
    if (typeof value === "object") return find(value);
    if (answers.has(value)) return answers.get(value);
    const answer = find(value);
    if (answers.size >= keptAnswers) answers.clear();
    answers.set(value, answer);
    return answer;
  };
}

/** Both columns, without affinity or collation, so that a value is found by being the same. */
function fill(
  scratch: Sqlite,
  name: string,
  snapshot: string,
  catalog: Catalog,
  wanted: { readonly table: string; readonly by: string; readonly take: string },
): void {
  const table = catalog.tables.find((one) => sameName(one.name, wanted.table));
  const [by, take] = [wanted.by, wanted.take].map((column) => table?.columns.find((one) => sameName(one.name, column)));
  if (table === undefined || by === undefined || take === undefined)
    throw new RowhaulError(
      "PLAN_INVALID",
      `A lookup asks for ${wanted.table} (${wanted.by}, ${wanted.take}), which the source does not have.`,
    );
  scratch.exec(`CREATE TABLE ${name} (k, v)`);
  const writer = rowWriter(
    scratch,
    { table: name, columns: ["k", "v"], rowidName: null, alias: null },
    catalog.encoding,
  );
  const db = openSqlite(snapshot);
  try {
    const request = { table, columns: [by, take], conditions: [], backwards: false };
    for (const { rows } of readValues(db, snapshot, request, catalog.encoding))
      for (const row of rows) if (row[0] !== null) writer.write(writer.bind(row), null);
  } finally {
    db.close();
  }
  scratch.exec(`CREATE INDEX ${name}_by_key ON ${name}(k)`);
}
