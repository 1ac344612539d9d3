/**
 * The copying thread: reads each index through fts5vocab, has SQLite sort it by document, and writes the scratch file.
 * A thread and no process, because it must not outlive the process whose file it writes.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { quoteLiteral, quoteName } from "../../core/quote.ts";
import { putInPlace } from "../../system/durable-file.ts";
import { createEncoder } from "./encoder.ts";

export type CopyOrder = {
  readonly snapshot: string;
  readonly scratch: string;
  /** Made and filled, then renamed. */
  readonly partial: string;
  /** Of what the scratch file is a copy. */
  readonly origin: string;
  readonly indexes: readonly IndexOrder[];
};

export type IndexOrder = {
  readonly name: string;
  /** `number` is FTS5's, which counts the columns that are not indexed too. Only indexed ones are here. */
  readonly columns: readonly { readonly name: string; readonly number: number }[];
};

export type ThreadData = {
  readonly order: CopyOrder;
  /** 1 once the copy is no longer wanted. */
  readonly stop: Int32Array<SharedArrayBuffer>;
};

/** The thread's messages: progress on an index; finally, the outcome. */
export type ThreadMessage =
  | { readonly name: string; readonly documents: number }
  | { readonly outcome: { readonly message: string; readonly code: string } | null };

try {
  copyAll(workerData as ThreadData);
  post({ outcome: null });
} catch (thrown) {
  const { message, code = "" } = thrown as { readonly message: string; readonly code?: unknown };
  post({ outcome: { message, code: String(code) } });
}

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

function copyAll({ order: { snapshot, scratch, partial, origin, indexes }, stop }: ThreadData): void {
  const source = new Database(snapshot, { readonly: true, fileMustExist: true });
  // An index is sorted on disk, with this much memory, however large it is.
  source.exec("PRAGMA temp_store = FILE; PRAGMA cache_size = -32768");
  source.function("goes_on", { deterministic: false }, goesOn);
  const encoding = String(source.pragma("encoding", { simple: true }));
  const target = openScratch();
  indexes.forEach(copyIndex);
  target.prepare("INSERT INTO origin VALUES (?)").run(origin);
  // After an error the end of the thread closes both: a statement may still be at work, and then close() fails.
  source.close();
  target.close();
  goesOn();
  putInPlace(partial, scratch);

  /** SQLite asks at the first token of each column of each document, so a stop need not wait for a long sort. */
  function goesOn(): number {
    if (Atomics.load(stop, 0) === 1) throw new Error("stopped");
    return 1;
  }

  /** Nothing in it is worth a journal: until it is complete it goes by another name. */
  function openScratch(): Database.Database {
    for (const suffix of ["", "-journal"]) rmSync(`${partial}${suffix}`, { force: true });
    closeSync(openSync(partial, "wx", 0o600));
    const db = new Database(partial, { fileMustExist: true });
    // The same encoding as the snapshot's: SQLite attaches no other.
    db.exec(`PRAGMA encoding = '${encoding}'; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE origin (value TEXT);
      CREATE TABLE meta (name TEXT, i INTEGER, documents INTEGER, tokens INTEGER, big INTEGER)`);
    return db;
  }

  function copyIndex({ name, columns }: IndexOrder, i: number): void {
    source.exec(`CREATE VIRTUAL TABLE temp.instance_${i} USING fts5vocab(main, ${quoteLiteral(name)}, instance)`);
    const located = source.prepare(`SELECT "offset" IS NOT NULL FROM temp.instance_${i} LIMIT 1`).pluck().get();
    if (located === 0) throw new Error(`The index ${name} keeps no positions (detail is not full)`);
    target.exec(`BEGIN;
      CREATE TABLE doc_${i} (id INTEGER PRIMARY KEY, vector BLOB, len INTEGER, big INTEGER);
      CREATE TABLE position_${i} (id INTEGER, lexeme TEXT, col INTEGER, pos TEXT, PRIMARY KEY (id, lexeme, col)) WITHOUT ROWID`);
    const document = target.prepare(`INSERT INTO doc_${i} VALUES (?, ?, ?, ?)`);
    const position = target.prepare(`INSERT INTO position_${i} VALUES (?, ?, ?, ?)`);
    const encode = createEncoder(columns.length);
    let documents = 0;
    let tokens = 0;
    let big = 0;
    for (const { id, packed, size } of documentsOf(name, i, columns)) {
      const encoded = encode(packed);
      const length = size ?? encoded.tokens;
      document.run(id, encoded.vector, length, encoded.big ? 1 : 0);
      for (const { lexeme, column, at } of encoded.positions) position.run(id, lexeme, columns[column]?.number, at);
      tokens += length;
      if (encoded.big) big++;
      if (++documents % 1000 === 0) {
        goesOn();
        post({ name, documents });
      }
    }
    target.prepare("INSERT INTO meta VALUES (?, ?, ?, ?, ?)").run(name, i, documents, tokens, big);
    target.exec("COMMIT");
    source.exec(`DROP TABLE temp.instance_${i}`);
    post({ name, documents });
  }

  /** By id. Includes documents without a token, and those with tokens that are missing in the index's own bookkeeping. */
  function* documentsOf(
    name: string,
    i: number,
    columns: IndexOrder["columns"],
  ): Generator<{ id: bigint; packed: Buffer; size: number | null }> {
    const known = knownDocuments(name);
    const indexed = source.prepare(packedSql(i, columns)).raw().safeIntegers().iterate() as Iterator<
      [bigint, Buffer | string]
    >;
    let one = known.next();
    let other = indexed.next();
    while (!one.done || !other.done) {
      const id = one.done || (!other.done && other.value[0] < one.value[0]) ? other.value[0] : one.value[0];
      const packed = !other.done && other.value[0] === id ? unpacked(other.value[1]) : Buffer.alloc(0);
      const size = !one.done && one.value[0] === id ? one.value[1] : null;
      yield { id, packed, size: size === null ? null : sumOfSizes(size) };
      if (!one.done && one.value[0] === id) one = known.next();
      if (!other.done && other.value[0] === id) other = indexed.next();
    }
  }

  function* knownDocuments(name: string): Generator<[bigint, Buffer | null]> {
    const sizes = source.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = ?").get(`${name}_docsize`);
    const sql =
      sizes === undefined
        ? `SELECT rowid, NULL FROM main.${quoteName(name)} ORDER BY rowid`
        : `SELECT id, sz FROM main.${quoteName(`${name}_docsize`)} ORDER BY id`;
    try {
      yield* source.prepare(sql).raw().safeIntegers().iterate() as Iterable<[bigint, Buffer | null]>;
    } catch (thrown) {
      // An index that keeps neither sizes nor texts cannot be scanned: its documents are those with tokens.
      if (sizes !== undefined || !(thrown instanceof Database.SqliteError) || thrown.code !== "SQLITE_ERROR")
        throw thrown;
    }
  }

  /**
   * One row a document. fts5vocab gives tokens in their order, and SQLite's sorter leaves equal keys as they came, so
   * the encoder finds each document's in order as well; were it otherwise, it would sort them itself.
   */
  function packedSql(i: number, columns: IndexOrder["columns"]): string {
    const numbers = columns.map(({ name }, number) => `WHEN ${quoteLiteral(name)} THEN '${number}'`);
    const column = columns.length === 0 ? "'?'" : `CASE col ${numbers.join(" ")} ELSE '?' END`;
    // Concatenated as text a token keeps its bytes, except in a UTF-16 database.
    const [token, bytes, whole] =
      encoding === "UTF-8"
        ? ["term", "octet_length(term)", "CAST(group_concat(record, '') AS BLOB)"]
        : ["hex(term)", "length(hex(term))", "group_concat(record, '')"];
    return `SELECT doc, ${whole} FROM
      (SELECT doc, ${bytes} || ' ' || ${column} || ' ' || "offset" || ' ' || ${token} AS record
         FROM temp.instance_${i} WHERE "offset" <> 0 OR goes_on())
      GROUP BY doc ORDER BY doc`;
  }

  /** In a UTF-16 database the tokens come in hex. */
  function unpacked(packed: Buffer | string): Buffer {
    if (typeof packed !== "string") return packed;
    const parts: Buffer[] = [];
    const head = /(\d+) (\d+) (\d+) /y;
    for (let found = head.exec(packed); found !== null; found = head.exec(packed)) {
      const end = head.lastIndex + Number(found[1]);
      const utf16 = Buffer.from(packed.slice(head.lastIndex, end), "hex");
      const token = Buffer.from((encoding === "UTF-16be" ? utf16.swap16() : utf16).toString("utf16le"));
      parts.push(Buffer.from(`${token.length} ${found[2]} ${found[3]} `), token);
      head.lastIndex = end;
    }
    return Buffer.concat(parts);
  }

  /** A column's size is a number of 7 bits a byte, the highest first; all but its last byte have the eighth. */
  function sumOfSizes(sizes: Buffer): number {
    let sum = 0;
    let value = 0;
    for (const byte of sizes) {
      value = value * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      sum += value;
      value = 0;
    }
    return sum;
  }
}
