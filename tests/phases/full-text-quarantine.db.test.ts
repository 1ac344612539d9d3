/** Rows held back for a cell that is not indexed: they are not found, and nothing of them is left in the way. */
import { expect, test } from "vitest";
import { hits, inDatabase, list, succeed } from "./full-text-application.ts";

const invalid = "CAST(x'ff41' AS TEXT)";
const long = "zebra ".repeat(400);

test("rows in quarantine leave the index too", () =>
  inDatabase(async (database, space) => {
    space.sqlite(`CREATE TABLE docs (id INTEGER PRIMARY KEY, t TEXT, note TEXT);
      CREATE VIRTUAL TABLE docs_fts USING fts5(t, content=docs, content_rowid=id);
      CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED);
      INSERT INTO docs VALUES (1, 'zebra', 'x'), (2, '${long}', ${invalid});
      INSERT INTO docs_fts(docs_fts) VALUES ('rebuild');
      INSERT INTO own(rowid, a, b) VALUES (1, 'zebra', 'x'), (2, '${long}', ${invalid})`);
    space.pipeline(database.url, "accept:", "  - { code: INVALID_TEXT, policy: quarantine }");
    await succeed(space, "run");
    const { pool } = database;
    const found = async () => [await hits(pool, "docs_fts", "zebra"), await hits(pool, "own", '"zebra zebra"')];
    expect(await found()).toEqual([[1], []]);
    expect(await list(pool, "SELECT rowid FROM fts5.positions")).toEqual([]);
    await pool.query(
      `INSERT INTO docs VALUES (2, '${long}', 'mended'); INSERT INTO own VALUES (2, '${long}', 'mended')`,
    );
    expect(await found()).toEqual([[1, 2], [2]]);
  }));
