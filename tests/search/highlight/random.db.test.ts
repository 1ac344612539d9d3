/** Random rows and queries: byte for byte what FTS5 marks. ROWHAUL_HIGHLIGHT_QUERIES asks for more of them. */
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { parseTokenizer } from "../../../src/search/tokenizer/parse-tokenizer.ts";
import { useDatabase } from "../../support/database.ts";
import { fromFts5, fromTexts, installSearch } from "./support/both.ts";
import { random, randomQuery, randomRows, randomWidth } from "./support/corpus.ts";

const queries = Number(process.env.ROWHAUL_HIGHLIGHT_QUERIES ?? 60);
const seed = Number(process.env.ROWHAUL_HIGHLIGHT_SEED ?? 1);

describe("highlight and snippet of random rows", () => {
  const database = useDatabase();
  beforeAll(() => installSearch(database.pool));

  it.each([
    ["unicode61", ["a", "b", "c"], [true, true, true]],
    ["unicode61 remove_diacritics 2", ["a"], [true]],
    ["porter", ["a", "b"], [true, true]],
    ["ascii", ["a", "b", "c"], [true, false, true]],
    ["trigram", ["a", "b"], [true, true]],
    ["trigram case_sensitive 1", ["a"], [true]],
  ])("tokenised by %s, columns %j", async (tokenize, columns, indexed) => {
    const tokenizer = parseTokenizer(tokenize);
    if (!tokenizer.known) throw new Error(tokenizer.reason);
    const next = random(seed);
    const sqlite = new Database(":memory:");
    let compared = 0;
    for (let i = 0; i < queries; i++) {
      // one row a table: where a NEAR fails, FTS5 can show what it left over from another row
      const rows = randomRows(next, 1, columns.length);
      sqlite.exec(`DROP TABLE IF EXISTS t; CREATE VIRTUAL TABLE t USING fts5(${columns
        .map((name, c) => (indexed[c] ? name : `${name} UNINDEXED`))
        .join(", ")}, tokenize='${tokenize}')`);
      const insert = sqlite.prepare(`INSERT INTO t VALUES (${columns.map(() => "?").join(", ")})`);
      for (const row of rows) insert.run(...row);
      for (let attempt = 0; attempt < 12; attempt++) {
        const asked = {
          query: randomQuery(next, columns),
          column: next.below(columns.length + 1) - 1,
          tokens: randomWidth(next),
        };
        const expected = fromFts5(sqlite, "t", asked);
        if (expected.length === 0) continue;
        const texts = expected.map(({ row }) => ({ row, texts: rows[row - 1] ?? [] }));
        const found = await fromTexts(database.pool, { key: tokenizer.key, columns, indexed }, asked, texts);
        expect({ asked, texts, found }).toEqual({ asked, texts, found: expected });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(queries);
  });
});
