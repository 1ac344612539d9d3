/** Full-text tables there and back: their texts are compared like any table's, and searches find what they found. */
import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { library } from "../library/built.ts";
import { useDatabase } from "../support/database.ts";
import { differing, expectSame, trip } from "./round-trip.ts";

const { compare } = library;
const first = useDatabase();

const schema = `
  CREATE TABLE notes (key TEXT PRIMARY KEY, title TEXT, body TEXT);
  CREATE VIRTUAL TABLE notes_fts USING fts5(title, body, content='notes', tokenize='unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE own USING fts5(subject, tag UNINDEXED, tokenize='porter unicode61');
  CREATE VIRTUAL TABLE old USING fts4(line);
  INSERT INTO notes (rowid, key, title, body) VALUES (5, 'a', 'Café', 'running water'), (9, 'b', NULL, ''), (2, 'c', 'cafe cafe', 'x');
  INSERT INTO notes_fts (notes_fts) VALUES ('rebuild');
  INSERT INTO own (rowid, subject, tag) VALUES (-3, 'runners run', 't1'), (7, 'walk', NULL), (100, '', x'00');
  INSERT INTO old (docid, line) VALUES (4, 'old line'), (8, 'another');`;

const searches = {
  notes_fts: "SELECT rowid FROM notes_fts WHERE notes_fts MATCH 'cafe' ORDER BY rank, rowid",
  own: "SELECT rowid FROM own WHERE own MATCH 'running' ORDER BY rank, rowid",
  old: "SELECT docid FROM old WHERE old MATCH 'line'",
};

function found(path: string): Record<string, unknown[]> {
  const db = new Database(path, { readonly: true });
  try {
    return Object.fromEntries(Object.entries(searches).map(([name, sql]) => [name, db.prepare(sql).pluck().all()]));
  } finally {
    db.close();
  }
}

const journey = trip();

it("SQLite → export → SQLite", async () => {
  const app = journey.path("app.db");
  const db = new Database(app);
  db.exec(schema);
  db.close();
  await journey.move(await journey.export(app, "export"), journey.path("back.db"));
  const same = await expectSame(app, journey.path("back.db"), "exact");
  expect(same.tables.map(({ table, rowsInA }) => [table, rowsInA])).toEqual([
    ["notes", 3],
    ["notes_fts", 3],
    ["own", 3],
    ["old", 2],
  ]);
  expect(found(journey.path("back.db"))).toEqual({ notes_fts: [2, 5], own: [-3], old: [4] });
});

it("a text that only a full-text table keeps is compared", async () => {
  copyFileSync(journey.path("app.db"), journey.path("other.db"));
  const db = new Database(journey.path("other.db"));
  db.exec("UPDATE own SET subject = 'ran' WHERE rowid = 7; DELETE FROM old WHERE docid = 8");
  db.close();
  expect(differing(await compare(journey.path("app.db"), journey.path("other.db")))).toEqual([
    'own: rowid=7 subject text "walk" → text "ran"',
    "old: missing rowid=8",
  ]);
});

it("export → PostgreSQL: the vectors are an index, and no difference", async () => {
  await journey.move(journey.path("export"), first.url);
  const same = await expectSame(journey.path("app.db"), first.url, "in meaning");
  expect(same.tables.map(({ table }) => table)).toEqual(["notes", "notes_fts", "own", "old"]);
  expect(same.schema.filter(({ what }) => what === "virtual table")).toEqual([]);
  await first.pool.query("UPDATE own SET subject = 'ran' WHERE rowid = 7");
  expect(differing(await compare(journey.path("app.db"), first.url))).toEqual([
    'own: rowid=7 subject text "walk" → text "ran"',
  ]);
});
