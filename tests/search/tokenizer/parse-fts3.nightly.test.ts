import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { fts3Tokens } from "./fts3-tokens.ts";
import { fts5Tokens } from "./oracle.ts";
import { codePointTexts } from "./texts.ts";

const all = [
  [[""], "ascii"],
  [["unicode61"], "unicode61"],
  [["unicode61", '"remove_diacritics=0"'], "unicode61 remove_diacritics 0"],
  [["unicode61", "'remove_diacritics=2'"], "unicode61 remove_diacritics 2"],
] as const;

test.each(all)("%j is %s over every code point", { timeout: 120_000 }, (fts3, fts5) => {
  const db = new Database(":memory:");
  const texts = codePointTexts(1, 0x110000);
  expect(fts3Tokens(db, fts3, texts)).toEqual(fts5Tokens(fts5, texts));
  db.close();
});
