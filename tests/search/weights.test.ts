/** FTS5 is the oracle: the weights that are read are those that its own rank has. */
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { persistedWeights } from "../../src/search/weights.ts";

it.each<[string | undefined, number[] | null]>([
  [undefined, null],
  ["", null],
  ["bm25()", null],
  ["bm25( )", null],
  ["bm25(10)", [10]],
  ["bm25(10.0, 5)", [10, 5]],
  [" BM25 ( 10 , 0 , -1.5 ) ", [10, 0, -1.5]],
  ["bm25(1e2, .5)", [100, 0.5]],
  ["bm25('3', 2)", [3, 2]],
  ["bm25(NULL, 2)", [0, 2]],
  ["highlight(0, 1)", null],
  ["mine(10, 5)", null],
])("%s", (rank, weights) => {
  expect(persistedWeights(rank)).toEqual(weights);
});

it.each(["bm25(10.0, 5)", " bm25 ( 0 , 3 ) ", "bm25(0.5)", "bm25('3', 2)", "bm25(NULL, 2)", "bm25()"])(
  "as FTS5 reads %s",
  (rank) => {
    const db = new Database(":memory:");
    db.exec(
      "CREATE VIRTUAL TABLE t USING fts5(a, b); INSERT INTO t VALUES ('dog', 'x dog'), ('x', 'dog dog'), ('x', 'y')",
    );
    db.prepare("INSERT INTO t(t, rank) VALUES ('rank', ?)").run(rank);
    const ranks = db.prepare("SELECT rank FROM t('dog') ORDER BY rowid").pluck().all();
    const weights = persistedWeights(rank) ?? [];
    const list = ["t", ...weights.map(String)].join(", ");
    expect(ranks).toEqual(db.prepare(`SELECT bm25(${list}) FROM t('dog') ORDER BY rowid`).pluck().all());
    db.close();
  },
);
