/** Every tokenizer's tokens in PostgreSQL against those of the real FTS5. SEARCH_TEXTS=100000 makes it a long run. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { standardTokenizers } from "../../../src/search/tokenizer/standard.ts";
import { useDatabase } from "../../support/database.ts";
import { sharedData } from "../../support/shared-data.ts";
import { installTokenizers, tokensOf } from "./install.ts";
import { known, knownTokenizer } from "./known.ts";
import { fts5Marked, fts5Tokens } from "./oracle.ts";
import { codePointTexts, randomTexts } from "./texts.ts";

const database = useDatabase();
beforeAll(() => installTokenizers(database.pool, [...standardTokenizers(), ...known.map((k) => k.tokenizer)]));

const texts = randomTexts(Number(process.env.SEARCH_TEXTS ?? 150));

test.each(known)("$tokenize", async ({ tokenize, tokenizer }) => {
  const found = await tokensOf(database.pool, tokenizer.key, texts);
  const expected = fts5Tokens(tokenize, texts);
  for (const [i, text] of texts.entries()) expect(found[i], JSON.stringify(text)).toEqual(expected[i]);
});

test.each(known)("$tokenize: normal is the tokens before stemming", async ({ tokenizer }) => {
  const base = tokenizer.kind === "porter" ? tokenizer.base : tokenizer;
  const query = `SELECT fts5."${tokenizer.key}_normal"(t) AS normal, fts5."${base.key}_tokens"(t) AS tokens FROM unnest($1::text[]) t`;
  const { rows } = await database.pool.query(query, [texts]);
  for (const { normal, tokens } of rows) expect(normal).toBe(tokens.join(tokenizer.separator));
});

test.each(known)("$tokenize: spans", async ({ tokenize, tokenizer }) => {
  const some = texts.filter((text) => !/[[\]"\\]/.test(text)).slice(0, 40);
  for (const text of some) {
    const { rows } = await database.pool.query<Span>(`SELECT * FROM fts5."${tokenizer.key}_spans"($1)`, [text]);
    const [tokens] = await tokensOf(database.pool, tokenizer.key, [text]);
    expect(rows.map((row) => row.token)).toEqual(tokens);
    if (tokenizer.kind !== "unicode61" && tokenizer.kind !== "ascii") continue;
    // an empty token would be marked too
    if (rows.length === 0 || tokenizer.key === knownTokenizer("unicode61 categories 'L* N* Co Mn Mc'").key) continue;
    const characters = [...text];
    // asked for as they stand: not every folded token is one again
    const pieces = rows.map((row) => characters.slice(row.first, row.past).join(""));
    for (const row of [...rows].reverse()) {
      characters.splice(row.past, 0, "]");
      characters.splice(row.first, 0, "[");
    }
    expect(characters.join(""), tokenize).toBe(fts5Marked(tokenize, text, pieces));
  }
});

test("spans of trigrams reach past what is dropped", async () => {
  const text = "xa\u0301b\u0302C\u0327 y";
  const key = "trigram_rd1";
  const { rows } = await database.pool.query<Span>(`SELECT * FROM fts5.${key}_spans($1)`, [text]);
  expect(rows).toEqual([
    { token: "xab", first: 0, past: 5 },
    { token: "abc", first: 1, past: 7 },
    { token: "bc ", first: 3, past: 8 },
    { token: "c y", first: 5, past: 9 },
  ]);
  for (const { token, first, past } of rows) {
    const marked = `${text.slice(0, first)}[${text.slice(first, past)}]${text.slice(past)}`;
    expect(fts5Marked("trigram remove_diacritics 1", text, [token])).toBe(marked);
  }
});

/** The other tokenizers and planes: tokenizers.nightly.db.test.ts. */
test.each(known.filter(({ tokenize }) => ["unicode61", "unicode61 remove_diacritics 2", "ascii"].includes(tokenize)))(
  "$tokenize: every code point up to the kana",
  async ({ tokenize, tokenizer }) => {
    const batch = codePointTexts(1, 0x3100);
    const found = await tokensOf(database.pool, tokenizer.key, batch);
    const expected = fts5Tokens(tokenize, batch);
    for (const i of batch.keys()) expect(found[i]).toEqual(expected[i]);
  },
);

describe("golden set", () => {
  const path = sharedData("search/golden.tsv");
  const rows = path === null ? [] : readFileSync(path, "utf8").trim().split("\n").slice(1);
  const golden = new Map<string, string[]>();
  for (const row of rows) {
    const [tokenize = "", , documents = "[]"] = row.split("\t");
    golden.set(tokenize, [...(golden.get(tokenize) ?? []), ...(JSON.parse(documents) as string[])]);
  }

  test.skipIf(path === null)("its documents", async () => {
    expect(golden.size).toBeGreaterThan(8);
    for (const [tokenize, documents] of golden) {
      const tokenizer = knownTokenizer(tokenize);
      await installTokenizers(database.pool, [tokenizer]);
      const stored = documents.filter((text) => !text.includes("\0"));
      expect(await tokensOf(database.pool, tokenizer.key, stored), tokenize).toEqual(fts5Tokens(tokenize, stored));
    }
  });
});

test("functions are immutable, strict and safe in parallel", async () => {
  const { rows } = await database.pool.query(
    `SELECT DISTINCT provolatile, proparallel FROM pg_proc WHERE pronamespace = 'fts5'::regnamespace`,
  );
  expect(rows).toEqual([{ provolatile: "i", proparallel: "s" }]);
  const none = await database.pool.query("SELECT fts5.unicode61_1_tokens(NULL) AS a, fts5.porter_stem(NULL) AS b");
  expect(none.rows).toEqual([{ a: null, b: null }]);
});

test("they work with any search_path", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("SET search_path = ''");
    const { rows } = await client.query("SELECT fts5.porter_unicode61_1_tokens('Écoles etymology') AS tokens");
    expect(rows).toEqual([{ tokens: ["ecol", "etymolog"] }]);
  } finally {
    client.release(true);
  }
});

type Span = { token: string; first: number; past: number };
