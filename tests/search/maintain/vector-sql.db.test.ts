import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { installTokenizerSql } from "../../../src/search/install.ts";
import { useDatabase } from "../../support/database.ts";
import { tokensOf } from "../install/support/fts5.ts";
import { install, known, transaction } from "../install/support/install.ts";

const database = useDatabase();
beforeAll(() => install(database.pool));

const words = [
  ..."a js is us as zq0 zq zq03rd 3rd 1e5x 3e3e 0x1f 12 1e5 mp3s 2nds a1b2 hopping putting 11ed add11ing".split(" "),
  ..."running geology biology possibly possiblies logied cccing vvved ies sses eed ational yes yyed 9ing".split(" "),
  ..."foo.bar a-b http://x.y/z?a=b me@x.org /usr/bin <b> &amp; 1.5 -3 a_b it's x\\y 'q' a:b +1e-5 #tag ~ % \u0001".split(
    " ",
  ),
];
const ascii = fc.array(fc.oneof(fc.constantFrom(...words), fc.stringMatching(/^[ -~]{0,8}$/)), { maxLength: 25 });
const wide = fc.array(
  fc.oneof(
    fc.constantFrom(...words, "Ünï", "façade", "Ωμέγα", "日本語", "क्षि", "😀", "½x"),
    fc.string({ unit: "binary", maxLength: 4 }),
  ),
  {
    maxLength: 12,
  },
);
const count = Number(process.env.ROWHAUL_FUZZ ?? 250);

function documents(): string[] {
  const texts = [...fc.sample(ascii, { numRuns: count, seed: 1 }), ...fc.sample(wide, { numRuns: count, seed: 2 })];
  const long = [
    "x".repeat(1999),
    "x".repeat(2000),
    "ab ".repeat(250),
    `${"ing".repeat(30)} ${"y".repeat(64)}s ${"y".repeat(65)}s`,
  ];
  return [...texts.map((parts) => parts.join(" ").replaceAll("\0", "").toWellFormed()), ...long, "", " - "];
}

describe.each([
  "unicode61",
  "unicode61 remove_diacritics 0",
  "ascii",
  "porter",
  "porter ascii",
  "trigram",
  "unicode61 tokenchars '-_.'",
  "porter unicode61 tokenchars '-'",
])("vectors by %s", (tokenize) => {
  it("hold FTS5's tokens at their positions", async () => {
    const { key } = known(tokenize);
    await transaction(database.pool, installTokenizerSql("fts5", known(tokenize)));
    const texts = documents();
    const { rows } = await database.pool.query<{ tokens: string[]; same: boolean; len: number }>(
      `SELECT coalesce((SELECT array_agg(e.lexeme ORDER BY p) FROM unnest(v) e, unnest(e.positions) p), '{}') AS tokens,
         v = fts5.placed(fts5.${key}_tokens(t)) AS same, d.len
       FROM unnest($1::text[]) WITH ORDINALITY s(t, o), fts5.${key}_vector(t) v, fts5.${key}_doc(ARRAY[t]) d ORDER BY o`,
      [texts],
    );
    const real = tokensOf(tokenize, texts);
    const differing = rows.flatMap((row, i) => {
      // a token that begins like the layout's own lexemes has that beginning twice
      const expected = (real[i] ?? []).map((token) => (token.startsWith("\x02") ? `\x02${token}` : token));
      return row.len === expected.length && (row.len >= 255 || row.tokens.join("|") === expected.join("|")) && row.same
        ? []
        : [{ text: texts[i], row, expected }];
    });
    expect(differing.slice(0, 3)).toEqual([]);
  });
});

/** The layout, done the plain way. */
function layout(columns: readonly string[][]): { tsv: string[]; len: number; big: boolean } {
  const at = new Map<string, string[]>();
  const put = (lexeme: string, place: string) => {
    const places = at.get(lexeme);
    if (places === undefined) at.set(lexeme, [place]);
    else places.push(place);
  };
  let base = 1;
  columns.forEach((tokens, i) => {
    if (tokens.length === 0) return;
    ["\u0002^", ...tokens].forEach((token, j) => {
      put(token, `${base + j}${columns.length <= 4 ? "ABCD"[i] : "D"}`);
      if (columns.length > 4) put(`\u0002${i}\u0002${token}`, `${base + j}D`);
    });
    base += tokens.length + 128;
  });
  const last = base === 1 ? 0 : base - 128;
  const big = last > 16382 || [...at.values()].some((places) => places.length >= 255);
  const tsv = [...at].map(([lexeme, places]) => (big ? lexeme : `${lexeme} ${places.join(",")}`));
  return { tsv: tsv.sort(), len: columns.flat().length, big };
}

it.each(["unicode61_1", "porter_unicode61_1", "ascii"])("rows by %s follow the layout", async (key) => {
  const short = fc.array(
    fc.option(
      ascii.map((parts) => parts.join(" ")),
      { nil: null },
    ),
    { minLength: 1, maxLength: 7 },
  );
  const many = (word: string, n: number) => `${word} `.repeat(n);
  const distinct = (n: number) => Array.from({ length: n }, (_, i) => `w${i}q`).join(" ");
  const rows = [
    ...fc.sample(short, { numRuns: 60, seed: 3 }),
    [many("the", 254)],
    [many("the", 255)],
    [many("the", 254), "the"],
    [many("the", 200), "é the", many("the", 40)],
    [distinct(16381)],
    [distinct(16382)],
    [distinct(16000), distinct(253)],
    [distinct(16000), distinct(254)],
    [distinct(300), null, "é", "", many("b", 254), "b"],
    [many("the", 30000)],
    [],
  ];
  for (const texts of rows) {
    const { rows: made } = await database.pool.query<{ tokens: string[][]; tsv: string[]; len: number; big: boolean }>(
      `SELECT (SELECT jsonb_agg(to_jsonb(coalesce(fts5.${key}_tokens(t), '{}')) ORDER BY o) FROM unnest($1::text[]) WITH ORDINALITY c(t, o)) AS tokens,
         (SELECT array_agg(e.lexeme || coalesce(' ' || (SELECT string_agg(p || w, ',' ORDER BY p) FROM unnest(e.positions, e.weights) u(p, w)), '')) FROM unnest(d.tsv) e) AS tsv,
         d.len, d.big FROM fts5.${key}_doc($1::text[]) d`,
      [texts],
    );
    const row = made[0];
    expect({ tsv: (row?.tsv ?? []).sort(), len: row?.len, big: row?.big }).toEqual(layout(row?.tokens ?? []));
  }
});

it("gives no vector to a row with more than a megabyte of lexemes", async () => {
  const text = Array.from({ length: 1100 }, (_, i) => `${"x".repeat(995)}${10000 + i}`).join(" ");
  const { rows } = await database.pool.query("SELECT tsv, len, big FROM fts5.unicode61_1_doc(ARRAY[$1])", [text]);
  expect(rows).toEqual([{ tsv: null, len: 1100, big: true }]);
});
