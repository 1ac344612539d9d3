/** A second, plain account of what the copy must hold, straight from fts5vocab. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll } from "vitest";
import type { IndexToCopy } from "../../../src/search/copy/copy-indexes.ts";

export type Copied = { id: number; vector: Buffer | null; len: number; big: number };
export type Entry = { lexeme: string; positions: string[] };

/** A folder that goes with the test file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-search-copy-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function build(path: string, fill: (db: Database.Database) => void): string {
  const db = new Database(path);
  fill(db);
  db.close();
  return path;
}

export function documents(scratch: string, i = 0): Copied[] {
  const db = new Database(scratch, { readonly: true });
  const rows = db.prepare<[], Copied>(`SELECT * FROM doc_${i} ORDER BY id`).all();
  db.close();
  return rows;
}

export function positions(scratch: string, id: number, i = 0): string[] {
  const db = new Database(scratch, { readonly: true });
  const rows = db
    .prepare<[number], string>(`SELECT lexeme || ' ' || col || ' ' || pos FROM position_${i} WHERE id = ? ORDER BY 1`)
    .pluck()
    .all(id);
  db.close();
  return rows;
}

export function decode(vector: Buffer | null): Entry[] {
  if (vector === null) return [];
  let at = 4;
  const entries = Array.from({ length: vector.readInt32BE(0) }, () => {
    const end = vector.indexOf(0, at);
    const lexeme = vector.toString("utf8", at, end);
    const count = vector.readUInt16BE(end + 1);
    at = end + 3;
    const found = Array.from({ length: count }, () => {
      const word = vector.readUInt16BE(at);
      at += 2;
      return `${word & 0x3fff}${["", "C", "B", "A"][word >> 14]}`;
    });
    return { lexeme, positions: found };
  });
  if (at !== vector.length) throw new Error(`${vector.length - at} bytes too many`);
  return entries.sort(byLexeme);
}

/** By document: what its vector must decode to, from the index's own account of where each token is. */
export function expected(path: string, { name, columns }: IndexToCopy): Map<number, Entry[]> {
  const db = new Database(path, { readonly: true });
  db.exec(`CREATE VIRTUAL TABLE temp.expected USING fts5vocab(main, '${name.replaceAll("'", "''")}', instance)`);
  type Instance = { term: string; doc: number; col: string; offset: number };
  const instances = db.prepare<[], Instance>("SELECT * FROM temp.expected").all();
  db.close();
  const indexed = columns.filter((column) => column.indexed).map((column) => column.name);
  const result = new Map<number, Entry[]>();
  for (const doc of new Set(instances.map((one) => one.doc))) {
    const words = new Map<string, Map<number, string>>();
    const put = (lexeme: string, position: number, label: string): void => {
      words.set(lexeme, (words.get(lexeme) ?? new Map()).set(position, `${position}${label}`));
    };
    let base = 1;
    for (const [i, column] of indexed.entries()) {
      const own = instances.filter((one) => one.doc === doc && one.col === column);
      if (own.length === 0) continue;
      const label = indexed.length <= 4 ? (["A", "B", "C", ""][i] ?? "") : "";
      for (const [term, position] of [
        ["\x02^", base] as const,
        ...own.map((o) => [o.term, base + 1 + o.offset] as const),
      ]) {
        put(term, position, label);
        if (indexed.length > 4) put(`\x02${i}\x02${term}`, position, "");
      }
      base += own.length + 128;
    }
    const entries = [...words].map(([lexeme, at]) => ({
      lexeme,
      positions: [...at].sort(([a], [b]) => a - b).map(([, shown]) => shown),
    }));
    result.set(doc, entries.sort(byLexeme));
  }
  return result;
}

function byLexeme(a: Entry, b: Entry): number {
  return Buffer.compare(Buffer.from(a.lexeme), Buffer.from(b.lexeme));
}

const words = "a be cat dog éclair Straße naïve 東京 москва running flies 1e5 x86 ünïcödé it's über 한국어 🦩".split(
  " ",
);

/** The same text for the same number. */
export function someText(seed: number, length: number): string {
  let state = seed * 2654435761 + 12345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return words[(state >>> 8) % words.length];
  }).join(" ");
}
