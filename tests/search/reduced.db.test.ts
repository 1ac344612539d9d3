/**
 * Cases that a search of random tables, texts and queries has once found wrong, each as small as it could be made:
 * moved by the library, searched, written to, and searched again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copySettings, run } from "../../src/index.ts";
import { expectSame } from "../phases/full-text-application.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), "rowhaul-reduced-"));
const file = join(folder, "app.db");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Case = {
  readonly name: string;
  readonly declaration: string;
  /** By row, by column. */
  readonly rows: readonly (readonly string[])[];
  readonly queries: readonly string[];
};

/** FTS5 cuts a token at 32768 bytes. */
const long = "y".repeat(32_767);
const columns = "a, b, c, d, e";

const cases: Case[] = [
  {
    name: "marks",
    declaration: `a, tokenize="unicode61 tokenchars '\x02^'"`,
    rows: [["plain dog"], ["\x02^ dog"], ["\x02 dog"], ["\x02\x02^"], ["^ dog"], [`\x02${"z".repeat(2000)} dog`]],
    queries: [
      '"\x02"*',
      '"\x02^"',
      '"\x02^"*',
      '^ "\x02^"',
      '"\x02"',
      '^ "^"',
      '"\x02\x02"*',
      `"\x02${"z".repeat(2000)}"`,
    ],
  },
  {
    name: "marks_by_column",
    declaration: `${columns}, tokenize="unicode61 tokenchars '\x02^'"`,
    rows: [
      ["dog", "x", "^", "\x02^", "\x020\x02dog"],
      ["^ dog", "^", "", "dog ^ dog", ""],
      ["x", "", "", "", "\x02dog"],
      ["", "dog", "\x02 \x02", "^", "a ^"],
    ],
    queries: [
      '"^"',
      'd : "^"',
      '^ "^"',
      'b : ^ "^"',
      'a : "\x02^"',
      'd : "\x02^"',
      '"\x020\x02dog"',
      'e : "\x02"*',
      '"\x02"*',
      "a : ^ dog",
    ],
  },
  {
    name: "marks_as_trigrams",
    declaration: "a, tokenize=trigram",
    rows: [["\x020\x02dog"], ["a\x020\x02^"], ["dog"]],
    queries: ['"\x020\x02"', '"\x020\x02d"', '"\x020\x02"*', "dog"],
  },
  {
    name: "longest",
    declaration: "a, b",
    rows: [
      [`${long}y dog`, "x"],
      [`${long}yyy dog`, "x"],
      [`${long}é dog`, "x"],
      [`x`, `${long}ê dog`],
      [`${long} dog`, "x"],
    ],
    queries: [`${long}yy`, `"${long}y dog"`, long, `${long}yyyyyyy OR x`],
  },
  {
    name: "longest_as_they_are",
    declaration: "a, tokenize=ascii",
    rows: [[`${long}é dog`], [`${long}ê dog`], [`${long}y dog`], [`\x02${long}é`]],
    queries: [`${long}é`, `${long}ê`, `"${long}ê dog"`, `${long}y`],
  },
];

const tables = cases.map(({ name }) => name);

beforeAll(async () => {
  const db = new Database(file);
  for (const { name, declaration, rows } of cases) {
    db.exec(`CREATE VIRTUAL TABLE ${name} USING fts5(${declaration})`);
    for (const row of rows) insertInto(db, name, row);
  }
  // neither its texts nor its sizes: nothing could say which rows it has
  db.exec("CREATE VIRTUAL TABLE unlisted USING fts5(a, content='', columnsize=0)");
  db.close();
  await run(copySettings(file, database.url, { folder }), { acceptAll: true });
});

describe.each(cases)("$name", ({ name, rows, queries }) => {
  it("is searched as before, also after its rows were written again", async () => {
    const found = await expectSame(database.pool, file, [name], queries);
    expect(found[name]).toBeGreaterThan(2);
    const db = new Database(file);
    for (const [i, row] of rows.entries()) {
      insertInto(db, name, row);
      const places = row.map((_, column) => `$${column + 2}`).join(", ");
      await database.pool.query(`INSERT INTO ${name} VALUES ($1, ${places})`, [rows.length + i + 1, ...row]);
    }
    db.close();
    const again = await expectSame(database.pool, file, [name], queries);
    expect(again[name]).toBe(2 * (found[name] ?? 0));
  });

  it("has the same vectors whether its rows were copied or written", async () => {
    const { rows: differing } = await database.pool.query(
      `SELECT a.rowid FROM ${name} a JOIN ${name} b ON b.rowid = a.rowid + $1
        WHERE (a.tsv, a.len, a.big) IS DISTINCT FROM (b.tsv, b.len, b.big)`,
      [rows.length],
    );
    expect(differing).toEqual([]);
  });
});

it("a table of which nobody could list the rows stays behind, and the others go", async () => {
  const { rows } = await database.pool.query("SELECT relation::text AS name FROM fts5.indexes ORDER BY 1");
  expect(rows.map(({ name }) => name)).toEqual([...tables].sort());
});

it("tokens are shown without what tells them from marks", async () => {
  const { rows } = await database.pool.query(
    "SELECT col, token FROM fts5.document_tokens('marks_by_column', 1) ORDER BY col, token_offset",
  );
  expect(rows).toEqual([
    { col: 0, token: "dog" },
    { col: 1, token: "x" },
    { col: 2, token: "^" },
    { col: 3, token: "\x02^" },
    { col: 4, token: "\x020\x02dog" },
  ]);
});

function insertInto(db: Database.Database, name: string, row: readonly string[]): void {
  db.prepare(`INSERT INTO ${name} VALUES (${row.map(() => "?").join(", ")})`).run(...row);
}
