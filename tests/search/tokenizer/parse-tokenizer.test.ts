import { expect, test } from "vitest";
import { parseTokenizer } from "../../../src/search/tokenizer/parse-tokenizer.ts";
import { standardTokenizers } from "../../../src/search/tokenizer/standard.ts";
import { fts5Complaint } from "./oracle.ts";

const good: [tokenize: string, key: string][] = [
  ["", "unicode61_1"],
  ["unicode61", "unicode61_1"],
  ["'unicode61'", "unicode61_1"],
  ["UniCode61 Remove_Diacritics 2", "unicode61_2"],
  ["unicode61  remove_diacritics  '0' ", "unicode61_0"],
  ["unicode61 remove_diacritics 0 remove_diacritics 2", "unicode61_2"],
  ["unicode61 categories 'L* N* Co'", "unicode61_1"],
  ["unicode61 categories 'L* Nd Nl No Cn Co'", "unicode61_1"],
  ["unicode61 tokenchars 'aé' separators '- €\u0301'", "unicode61_1"],
  ["unicode61 tokenchars '-' separators '-'", "unicode61_1"],
  ["ascii", "ascii"],
  ["ascii tokenchars 'é' separators ' '", "ascii"],
  ["trigram", "trigram"],
  ["trigram case_sensitive 1", "trigram_cs"],
  ["trigram case_sensitive 1 case_sensitive 0", "trigram"],
  ["trigram remove_diacritics 2", "trigram_rd1"],
  ["porter", "porter_unicode61_1"],
  ["PORTER porter", "porter_unicode61_1"],
  ["porter 'ascii'", "porter_ascii"],
  ["porter unicode61 remove_diacritics 2", "porter_unicode61_2"],
  ["porter trigram", "porter_trigram"],
];

test.each(good)("%j is %s", (tokenize, key) => {
  expect(fts5Complaint(tokenize)).toBe(null);
  expect(parseTokenizer(tokenize)).toMatchObject({ known: true, key });
});

test.each([
  " ",
  "\tunicode61",
  "unicode61\ttokenchars x",
  "unicode61 tokenchars -_",
  'unicode61 tokenchars "-"',
  "unicode61 tokenchars [-]",
  "unicode61, x",
  "porter 'x",
  "unicode61 tokenchars 'x''",
  "unicode61 remove_diacritics",
  "unicode61 remove_diacritics 3",
  "unicode61 remove_diacritics 01",
  "unicode61 foo bar",
  "unicode61 tokenchars 'a'b",
  "unicode61 categories 'X'",
  "unicode61 categories 'L'",
  "unicode61 categories 'Lx'",
  "ascii remove_diacritics 1",
  "ascii tokenchars",
  "trigram case_sensitive",
  "trigram case_sensitive 2",
  "trigram case_sensitive 1 remove_diacritics 1",
  "trigram foo 1",
  "porter foo",
  "porter 'unicode61 remove_diacritics 2'",
  "icu de",
])("%j is refused in FTS5's words", (tokenize) => {
  const tokenizer = parseTokenizer(tokenize);
  expect(tokenizer.known).toBe(false);
  expect(!tokenizer.known && tokenizer.reason).toBe(fts5Complaint(tokenize));
});

test("a tokenizer of one's own keeps its name", () => {
  expect(parseTokenizer("porter2 x y")).toEqual({
    known: false,
    name: "porter2",
    reason: "no such tokenizer: porter2",
  });
});

test("options that come to the same have one key", () => {
  const key = (tokenize: string) => {
    const tokenizer = parseTokenizer(tokenize);
    return tokenizer.known ? tokenizer.key : null;
  };
  expect(key("unicode61 tokenchars '-_'")).toMatch(/^unicode61_x[0-9a-f]{8}$/);
  expect(key("unicode61 tokenchars '_' tokenchars '-'")).toBe(key("unicode61 tokenchars '-_'"));
  expect(key("unicode61 tokenchars '-_' remove_diacritics 2")).not.toBe(key("unicode61 tokenchars '-_'"));
  expect(key("unicode61 separators 'é' tokenchars 'é'")).toBe(key("unicode61 separators 'é'"));
  expect(key("unicode61 categories ''")).not.toBe(key("unicode61 categories 'Cn'"));
  expect(key("ascii tokenchars '-'")).toMatch(/^ascii_x[0-9a-f]{8}$/);
  expect(key("unicode61 categories 'L*,N*'")).toBe(key("unicode61 categories 'L*'"));
});

test("the separator is no token character", () => {
  const separator = (tokenize: string) => {
    const tokenizer = parseTokenizer(tokenize);
    return tokenizer.known ? tokenizer.separator : null;
  };
  expect(separator("porter")).toBe(" ");
  expect(separator("unicode61 tokenchars ' '")).toBe("\n");
  expect(separator("trigram")).toBe("\ufffe");
});

test("those of every installation", () => {
  expect(standardTokenizers().map(({ key }) => key)).toEqual([
    "unicode61_0",
    "unicode61_1",
    "unicode61_2",
    "ascii",
    "porter_unicode61_0",
    "porter_unicode61_1",
    "porter_unicode61_2",
    "porter_ascii",
    "trigram",
    "trigram_cs",
    "trigram_rd1",
  ]);
});
