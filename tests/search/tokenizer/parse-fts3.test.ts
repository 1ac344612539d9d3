/** FTS3's and FTS4's tokenizers are FTS5's under other names: asked of both. Over every code point: parse-fts3.nightly.test.ts. */
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { parseFts3Tokenizer } from "../../../src/search/tokenizer/parse-fts3.ts";
import { parseTokenizer } from "../../../src/search/tokenizer/parse-tokenizer.ts";
import { fts3Tokens } from "./fts3-tokens.ts";
import { fts5Tokens } from "./oracle.ts";
import { codePointTexts, randomTexts } from "./texts.ts";

const db = new Database(":memory:");
afterAll(() => db.close());

test.each([
  [[""], "ascii"],
  [["simple"], "ascii"],
  [["simple", "ignored"], "ascii"],
  [["unicode61"], "unicode61"],
  [["unicode61", '"remove_diacritics=0"'], "unicode61 remove_diacritics 0"],
  [["unicode61", "'remove_diacritics=2'"], "unicode61 remove_diacritics 2"],
  [["unicode61", '"tokenchars=.="', '"separators=xé"'], "unicode61 tokenchars '.=' separators 'xé'"],
])("%j is %s", { timeout: 60_000 }, (fts3, fts5) => {
  expect(parseFts3Tokenizer(fts3.join(" "))).toEqual(parseTokenizer(fts5));
  const texts = [...randomTexts(200), ...codePointTexts(1, 0x3100)];
  expect(fts3Tokens(db, fts3, texts)).toEqual(fts5Tokens(fts5, texts));
});

test("simple takes separators from its second argument", () => {
  const tokenizer = parseFts3Tokenizer("simple x ' ,'");
  expect(tokenizer).toMatchObject({ known: true, kind: "ascii", separator: " " });
  expect(tokenizer.known && tokenizer.kind === "ascii" && tokenizer.ascii.length).toBe(125);
  expect(fts3Tokens(db, ["simple", "x", "' ,'"], ["a,B-c d"])).toEqual([["a", "b-c", "d"]]);
});

test("arguments are found as FTS4 finds them", () => {
  for (const [tokenize, key, terms] of [
    ["simple x ' ,'", "ascii_x", ["a", "b-c", "d"]],
    ["unicode61 'tokenchars=-'", "unicode61_x", ["a", "b-c", "d"]],
    ['unicode61 = "tokenchars=-" [separators=c]', "unicode61_x", ["a", "b-", "d"]],
  ] as const) {
    db.exec(`CREATE VIRTUAL TABLE f USING fts4(x, tokenize=${tokenize}); CREATE VIRTUAL TABLE a USING fts4aux(f)`);
    db.prepare("INSERT INTO f VALUES ('a,B-c d')").run();
    const found = db.prepare("SELECT term FROM a WHERE col = '*' ORDER BY term").pluck().all();
    db.exec("DROP TABLE a; DROP TABLE f");
    expect(found, tokenize).toEqual(terms);
    const tokenizer = parseFts3Tokenizer(tokenize);
    expect(tokenizer.known && tokenizer.key.replace(/[0-9a-f]{8}$/, ""), tokenize).toBe(key);
  }
});

test("what is not known", () => {
  expect(parseFts3Tokenizer("porter")).toEqual({ known: false, name: "porter", reason: "unknown tokenizer: porter" });
  expect(parseFts3Tokenizer("unicode61 remove_diacritics=0").known).toBe(false);
  expect(parseFts3Tokenizer("Simple").known).toBe(false);
});
