/** A chunk of a table: a range of rowids, and the profile's queries on it. */

import { isUtf8 } from "node:buffer";
import type Database from "better-sqlite3";
import type { StorageClass } from "../../core/plan/profile.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Column, Table } from "../../core/schema/catalog.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";

/** One column of a chunk. `first` and `last`: the classes present, NULL among them, first and last by name. */
export type ColumnFacts = {
  readonly present: number;
  readonly first: StorageClass;
  readonly last: StorageClass;
  /** Classes of the smallest and the largest value; `null` when there is none. */
  readonly lowest: StorageClass;
  readonly highest: StorageClass;
  /** Those values, when they are numbers. */
  readonly min: bigint | number | null;
  readonly max: bigint | number | null;
  /** Longest TEXT or BLOB in bytes; 0 for columns of numbers, where it is asked only of chunks that hold something else. */
  readonly longest: number;
};
export type ChunkFacts = { readonly rows: number; readonly columns: readonly ColumnFacts[] };

/** Text of a chunk that is examined in one piece, at most. */
const joinedBytes = 32 << 20;

/** SQLite's result-column limit is 2,000 by default; eight a column leaves room. */
const columnsPerQuery = 200;

export class ChunkReader {
  readonly #db: Sqlite;
  readonly #table: Table;
  readonly #where: string | null;
  readonly #rows: number;
  readonly #prepared = new Map<string, Database.Statement<unknown[]>>();

  constructor(db: Sqlite, table: Table, where: string | null, rows: number) {
    this.#db = db;
    this.#table = table;
    this.#where = where;
    this.#rows = Math.max(1, rows);
  }

  /** Ranges in rowid order; one chunk for a table without rowid. */
  *chunks(): Generator<Chunk> {
    const { rowidName, name: own, relation: name = own } = this.#table;
    if (rowidName === null) {
      yield new Chunk(this, null);
      return;
    }
    const end = this.#db
      .prepare(
        `SELECT max(r) FROM (SELECT ${rowidName} AS r FROM ${quoteName(name)} WHERE ${rowidName} >= ? ORDER BY ${rowidName} LIMIT ${this.#rows})`,
      )
      .pluck();
    let from = -(2n ** 63n);
    for (;;) {
      const to = end.get(from) as bigint | null;
      if (to === null) return;
      yield new Chunk(this, [from, to]);
      if (to === 2n ** 63n - 1n) return;
      from = to + 1n;
    }
  }

  /** Prepares once: `SELECT <what> FROM table WHERE <selection and range> <tail>`. */
  statement(what: string, tail: string, ranged: boolean): Database.Statement<unknown[]> {
    const { rowidName, name: own, relation: name = own } = this.#table;
    const conditions = [
      this.#where === null ? null : selection(this.#where),
      ranged ? `${rowidName} BETWEEN ? AND ?` : null,
    ].filter((c) => c !== null);
    const sql = `SELECT ${what} FROM ${quoteName(name)} NOT INDEXED${conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : ""} ${tail}`;
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql).raw(true);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  get columns(): readonly Column[] {
    return this.#table.columns;
  }
}

export class Chunk {
  readonly #reader: ChunkReader;
  readonly #range: readonly [bigint, bigint] | null;

  constructor(reader: ChunkReader, range: readonly [bigint, bigint] | null) {
    this.#reader = reader;
    this.#range = range;
  }

  classes(columns: readonly Column[]): ChunkFacts {
    const facts: ColumnFacts[] = [];
    let rows = 0;
    for (let at = 0; at < columns.length; at += columnsPerQuery) {
      const asked = columns.slice(at, at + columnsPerQuery).flatMap(({ name, affinity }) => {
        const c = quoteName(name);
        // Of texts and BLOBs only the class is asked, and SQLite would keep the least and the greatest, however large.
        const v = /^(INTEGER|REAL)$/.test(affinity)
          ? c
          : `CASE typeof(${c}) WHEN 'text' THEN '' WHEN 'blob' THEN x'' ELSE ${c} END`;
        const number = (side: string): string =>
          `CASE WHEN typeof(${side}(${v})) IN ('integer', 'real') THEN ${side}(${v}) END`;
        return [
          `count(${c})`,
          `min(typeof(${c}))`,
          `max(typeof(${c}))`,
          `typeof(min(${v}))`,
          `typeof(max(${v}))`,
          number("min"),
          number("max"),
          // Of a number it would first have to write the digits.
          affinity === "INTEGER" || affinity === "REAL"
            ? "0"
            : `max(CASE WHEN typeof(${c}) IN ('text', 'blob') THEN octet_length(${c}) END)`,
        ];
      });
      const [count, ...values] = this.#get(`count(*), ${asked.join(", ")}`, "") as [bigint, ...unknown[]];
      rows = Number(count);
      for (let i = 0; i < values.length; i += 8) {
        facts.push({
          present: Number(values[i] as bigint),
          first: (values[i + 1] ?? "null") as StorageClass,
          last: (values[i + 2] ?? "null") as StorageClass,
          lowest: values[i + 3] as StorageClass,
          highest: values[i + 4] as StorageClass,
          min: values[i + 5] as bigint | number | null,
          max: values[i + 6] as bigint | number | null,
          longest: Number((values[i + 7] as bigint | null) ?? 0n),
        });
      }
    }
    return { rows, columns: facts };
  }

  /** Count, longest, and range of INTEGER, per storage class of one column. */
  classCounts(
    column: number,
  ): { storage: StorageClass; count: number; min: bigint | null; max: bigint | null; longest: number }[] {
    const c = this.#name(column);
    const integer = (side: string): string => `CASE typeof(${c}) WHEN 'integer' THEN ${side}(${c}) END`;
    const rows = this.all(
      `typeof(${c}), count(*), ${integer("min")}, ${integer("max")}, max(octet_length(${c}))`,
      "GROUP BY 1",
    ) as [StorageClass, bigint, bigint | null, bigint | null, bigint | null][];
    return rows.map(([storage, count, min, max, longest]) => ({
      storage,
      count: Number(count),
      min,
      max,
      longest: Number(longest ?? 0n),
    }));
  }

  /** No operator of SQLite tells −0.0 from 0.0; the angle of (−1, −0.0) does. */
  realFacts(column: number): { count: number; infinite: number; negativeZero: number } {
    const c = this.#name(column);
    const counted = (condition: string): string => `count(CASE WHEN typeof(${c}) = 'real'${condition} THEN 1 END)`;
    const facts = [
      counted(""),
      counted(` AND abs(${c}) > 1.7976931348623157e308`),
      counted(` AND ${c} = 0 AND atan2(${c}, -1) < 0`),
    ];
    const [count, infinite, negativeZero] = this.#get(facts.join(", "), "") as [bigint, bigint, bigint];
    return { count: Number(count), infinite: Number(infinite), negativeZero: Number(negativeZero) };
  }

  /**
   * False when some TEXT among the columns holds a NUL or is not valid in its encoding, or when the
   * chunk is too large to be joined: then the cells are examined one by one.
   */
  textIsClean(columns: readonly number[], encoding: Catalog["encoding"], facts: ChunkFacts): boolean {
    if (this.#range === null || !this.#isJoinable(columns, facts)) return false;
    // SQLite's limit of an expression's depth is 1,000.
    if (columns.length > columnsPerQuery) {
      const [some, rest] = [columns.slice(0, columnsPerQuery), columns.slice(columnsPerQuery)];
      return this.textIsClean(some, encoding, facts) && this.textIsClean(rest, encoding, facts);
    }
    const wide = encoding !== "UTF-8";
    // group_concat passes through UTF-8, where half a character of UTF-16 would be lost; as hex it is kept.
    const texts = columns.map((i) => this.#name(i)).map((c) => [c, wide ? `hex(CAST(${c} AS BLOB))` : c]);
    const parts = texts.map(([c, text]) => `CASE typeof(${c}) WHEN 'text' THEN ${text} ELSE '' END`);
    // The newline between cells keeps half a character at one's end from meeting its other half.
    const newline = { "UTF-8": "char(10)", "UTF-16le": "'0A00'", "UTF-16be": "'000A'" }[encoding];
    const joined = `group_concat(${parts.join(` || ${newline} || `)}, ${newline})`;
    const [found] = this.#get(wide ? joined : `CAST(${joined} AS BLOB)`, "") as [Buffer | string | null];
    if (found === null) return true;
    const bytes = typeof found === "string" ? Buffer.from(found, "hex") : found;
    if (!wide) return !bytes.includes(0) && isUtf8(bytes);
    const text = (encoding === "UTF-16be" ? bytes.swap16() : bytes).toString("utf16le");
    return text.isWellFormed() && !text.includes("\0");
  }

  #isJoinable(columns: readonly number[], facts: ChunkFacts): boolean {
    const atMost = columns.reduce((sum, i) => sum + (facts.columns[i]?.longest ?? 0), 0) * facts.rows;
    if (atMost < joinedBytes) return true;
    const sums = columns.slice(0, columnsPerQuery).map((i) => `total(octet_length(${this.#name(i)}))`);
    return (this.#get(sums.join(" + "), "") as [number])[0] < joinedBytes;
  }

  all(what: string, tail: string): unknown[][] {
    return this.#reader.statement(what, tail, this.#range !== null).all(...(this.#range ?? [])) as unknown[][];
  }

  iterate(what: string): IterableIterator<unknown[]> {
    return this.#reader.statement(what, "", this.#range !== null).iterate(...(this.#range ?? [])) as IterableIterator<
      unknown[]
    >;
  }

  columnSql(column: number): string {
    return this.#name(column);
  }

  #get(what: string, tail: string): unknown[] {
    return this.#reader.statement(what, tail, this.#range !== null).get(...(this.#range ?? [])) as unknown[];
  }

  #name(column: number): string {
    return quoteName(this.#reader.columns[column]?.name ?? "");
  }
}
