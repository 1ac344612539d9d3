/** fts5.search against FTS5 itself: the same rows in the same order with the same bits of score. */
import Database from "better-sqlite3";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Expression } from "../../../src/search/query/expression.ts";
import { parse } from "../../../src/search/query/parse.ts";
import { useDatabase } from "../../support/database.ts";
import { createIndex } from "./support/index.ts";
import { installSearch } from "./support/install.ts";
import { queryClasses, randomQuery, randomRows, seeded } from "./support/queries.ts";

/** Queries of each class and table; a long run sets more. */
const rounds = Number(process.env.ROWHAUL_SEARCH_QUERIES ?? 12);
const seed = Number(process.env.ROWHAUL_SEARCH_SEED ?? 1);

const words = ["a", "b", "c", "ab", "ba", "abc", "rare", "zzz"];
const vocabulary = ["a", "a", "b", "b", "c", "ab", "ba", "abc"];

const column = (name: string, indexed = true) => ({ name, indexed });
const shapes = [
  { name: "one", columns: [column("x")] },
  { name: "three", columns: [column("x"), column("u", false), column("y"), column("z")] },
  { name: "seven", columns: ["x", "y", "z", "p", "q", "r", "s"].map((n) => column(n, n !== "q")).concat(column("t")) },
  { name: "large", columns: [column("x"), column("y")] },
];

const database = useDatabase();
const sqlite = new Database(":memory:");
afterAll(() => sqlite.close());

beforeAll(async () => {
  await installSearch(database.pool);
  const random = seeded(seed);
  for (const { name, columns } of shapes) {
    const rows = randomRows(random, 60, columns.length, vocabulary);
    if (name === "large") {
      // more than 255 of one word, or more positions than a tsvector has
      rows.push(...randomRows(random, 3, 2, vocabulary, 4000), [`${"w ".repeat(17_000)}a b c rare a`, "b a"]);
    }
    await createIndex(sqlite, database.pool, { name, columns, rows });
  }
});

describe.each(shapes)("a table with columns $columns.length, $name", ({ name, columns }) => {
  const names = columns.map((c) => c.name);
  test.each(queryClasses)("queries of class %s", async (kind) => {
    const random = seeded(seed * 1000 + queryClasses.indexOf(kind));
    for (let i = 0; i < rounds; i++) {
      const query = randomQuery(random, kind, words, names);
      const weights = i % 3 === 0 ? [] : names.map((_, n) => [10, 2.5, 1, 0.1, 0][(n + i) % 5] as number);
      const expected = fts5(name, query, weights);
      if (expected === null) continue;
      const found = await search(database.pool, name, query, weights);
      if (scoreDependsOnOtherRows(parse(query, names))) {
        expect({ query, rowids: rowids(found) }).toEqual({ query, rowids: rowids(expected) });
      } else {
        expect({ query, weights, rows: found }).toEqual({ query, weights, rows: expected });
      }
      const unranked = await database.pool.query("SELECT rowid FROM fts5.search($1, $2, ranked => false)", [
        name,
        query,
      ]);
      expect({ query, rows: unranked.rows.map((r) => Number(r.rowid)) }).toEqual({
        query,
        rows: expected.map((r) => r[0]).sort((p, q) => p - q),
      });
    }
  });
});

type Ranked = [rowid: number, rank: number];

function rowids(rows: readonly Ranked[]): number[] {
  return rows.map((r) => r[0]).sort((p, q) => p - q);
}

/**
 * FTS5 leaves the occurrences of an earlier row in the score where a NEAR or NOT does not match: below OR, or right of
 * NOT, where the row can match all the same. Only the set of rows can be compared then.
 */
function scoreDependsOnOtherRows(node: Expression, optional = false): boolean {
  if (node === null) return false;
  if ("near" in node) return optional && node.near.phrases.length > 1;
  if ("not" in node)
    return optional || scoreDependsOnOtherRows(node.not[0], false) || scoreDependsOnOtherRows(node.not[1], true);
  if ("or" in node) return node.or.some((child) => scoreDependsOnOtherRows(child, true));
  return ("and" in node ? node.and : node.all).some((child) => scoreDependsOnOtherRows(child, optional));
}

/** Null where FTS5 refuses the query. */
function fts5(table: string, query: string, weights: number[]): Ranked[] | null {
  try {
    const rank = `bm25(${[table, ...weights].join(", ")})`;
    const rows = sqlite
      .prepare(`SELECT rowid, ${rank} AS rank FROM ${table} WHERE ${table} MATCH ? ORDER BY 2, 1`)
      .all(query) as { rowid: number; rank: number }[];
    return rows.map((r) => [r.rowid, r.rank + 0]);
  } catch {
    return null;
  }
}

async function search(pool: pg.Pool, table: string, query: string, weights: number[]): Promise<Ranked[]> {
  const { rows } = await pool.query("SELECT rowid, rank FROM fts5.search($1, $2, $3)", [
    table,
    query,
    weights.length > 0 ? weights : null,
  ]);
  return rows.map((r) => [Number(r.rowid), Number(r.rank) + 0]);
}
