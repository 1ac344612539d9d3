/**
 * Random rows and queries: byte for byte what FTS5 marks. Of a NEAR or NOT that fails, FTS5 can show what it left over
 * from other rows; so each row is put to it alone and among others, and compared where FTS5 agrees with itself.
 * ROWHAUL_HIGHLIGHT_ROWS and ROWHAUL_HIGHLIGHT_SEED ask for more.
 */
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { parseTokenizer } from "../../../src/search/tokenizer/parse-tokenizer.ts";
import { useDatabase } from "../../support/database.ts";
import { fromFts5, fromTexts, installSearch } from "./support/both.ts";
import { everyWord, random, randomQuery, randomRow, randomWidth } from "./support/corpus.ts";

const rows = Number(process.env.ROWHAUL_HIGHLIGHT_ROWS ?? 20);
const seed = Number(process.env.ROWHAUL_HIGHLIGHT_SEED ?? 1);
const queriesPerRow = 12;

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
    const declared = columns.map((name, c) => (indexed[c] ? name : `${name} UNINDEXED`)).join(", ");
    for (const table of ["alone", "among"]) {
      sqlite.exec(`CREATE VIRTUAL TABLE ${table} USING fts5(${declared}, tokenize='${tokenize}')`);
    }
    let compared = 0;
    let unsure = 0;
    for (let i = 0; i < rows; i++) {
      const row = randomRow(next, columns.length);
      sqlite.exec("DELETE FROM alone; DELETE FROM among");
      const put = (table: string, rowid: number, texts: readonly (string | null)[]) =>
        sqlite
          .prepare(`INSERT INTO ${table} (rowid, ${columns.join()}) VALUES (?${", ?".repeat(columns.length)})`)
          .run(rowid, ...texts);
      put("alone", 2, row);
      put("among", 2, row);
      for (const other of [1, 3])
        put(
          "among",
          other,
          columns.map(() => everyWord),
        );
      for (let n = 0; n < queriesPerRow; n++) {
        const query = randomQuery(next, columns);
        const asked = { query, column: next.below(columns.length + 1) - 1, tokens: randomWidth(next) };
        const expected = fromFts5(sqlite, "alone", 2, asked);
        if (expected === null) continue;
        if (JSON.stringify(expected) !== JSON.stringify(fromFts5(sqlite, "among", 2, asked))) {
          unsure += 1;
          continue;
        }
        const found = await fromTexts(database.pool, { key: tokenizer.key, columns, indexed }, asked, row);
        expect({ asked, row, found }).toEqual({ asked, row, found: expected });
        compared += 1;
      }
    }
    sqlite.close();
    expect(compared).toBeGreaterThan(rows);
    expect(unsure).toBeLessThan(compared / 20);
  });
});
