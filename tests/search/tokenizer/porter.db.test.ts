/** fts5.porter_stem() against the real FTS5. SEARCH_WORDS=300000 makes it a long run. */
import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { sharedData } from "../../support/shared-data.ts";
import { installTokenizers } from "./install.ts";
import { fts5Tokens } from "./oracle.ts";

const limit = Number(process.env.SEARCH_WORDS ?? 12_000);

const database = useDatabase();
beforeAll(() => installTokenizers(database.pool, []));

test("words built of suffixes", () => compare(builtWords()));

test("words of a text", async ({ skip }) => {
  const path = sharedData("sqlite/bible-fts.sqlite");
  if (path === null) return skip("there is no shared data");
  const db = new Database(path, { readonly: true });
  const verses = db
    .prepare("SELECT text FROM verse WHERE id % ? = 0")
    .pluck()
    .all(Math.ceil(400_000 / limit));
  db.close();
  const words = fts5Tokens("unicode61 remove_diacritics 0", verses.map(String)).flat();
  await compare([...new Set(words)]);
});

test("the step by step way alone gives the same", async () => {
  const words = builtWords().filter((_, i) => i % 10 === 0);
  const { rows } = await database.pool.query(
    "SELECT w FROM unnest($1::text[]) w WHERE fts5.porter_exact(w) <> fts5.porter_stem(w)",
    [words],
  );
  expect(rows).toEqual([]);
});

test("what snowball does otherwise", async () => {
  const words = [
    "js",
    "is",
    "etymology",
    "visibly",
    "hacced",
    "ies",
    "eeds",
    "bloße",
    `${"a".repeat(62)}ing`,
    "chiées",
  ];
  await compare(words);
  const { rows } = await database.pool.query(
    "SELECT fts5.porter_stem(w) AS stem, w ~ fts5.porter_differs() AS differs FROM unnest($1::text[]) w",
    [words.slice(0, 7)],
  );
  expect(rows.map(({ stem }) => stem)).toEqual(["js", "is", "etymolog", "visibl", "hac", "ie", "e"]);
  expect(rows.map(({ differs }) => differs)).toEqual([false, false, true, true, true, true, true]);
});

test("a stem that ends inside a character is told by its bytes", async () => {
  const { rows } = await database.pool.query("SELECT fts5.porter_stem($1) AS stem", ["a\u4b6ded"]);
  expect(rows).toEqual([{ stem: "\u000261e4ad" }]);
  await compare(["a\u4b6ded", "o\u{1f7df}ing"]);
});

async function compare(words: readonly string[]): Promise<void> {
  const texts = Array.from({ length: Math.ceil(words.length / 500) }, (_, i) =>
    words.slice(i * 500, i * 500 + 500).join(" "),
  );
  const expected = fts5Tokens("porter unicode61 remove_diacritics 0", texts).flat();
  const query = "SELECT fts5.porter_stem(w) AS stem FROM unnest($1::text[]) WITH ORDINALITY u (w, n) ORDER BY n";
  const { rows } = await database.pool.query<{ stem: string }>(query, [words]);
  const wrong = words.flatMap((word, i) => (rows[i]?.stem === expected[i] ? [] : [[word, rows[i]?.stem, expected[i]]]));
  expect(wrong).toEqual([]);
}

/** The same ones each time. */
function builtWords(): string[] {
  let state = 5;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const pick = (from: readonly string[]) => from[next(from.length)] ?? "";
  const words = Array.from({ length: limit }, () => {
    const head = Array.from({ length: next(6) }, () => pick(letters)).join("");
    return head + pick(middles) + (next(3) === 0 ? pick(middles) : "") + pick(ends);
  });
  return [...new Set(words)].filter((word) => /^[^ ]/.test(word));
}

const letters = [..."abelstyioku2wxé語"];
const middles =
  " at bl iz ational tional enci anci izer logi bli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti icate ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll le l y logy bly cc dd hh ss zz yy 11 éé 語語 ee k x".split(
    " ",
  );
const ends = " s es ies sses ed ing eed eds ings eeds y ys ied ying us".split(" ");
