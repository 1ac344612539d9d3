/**
 * Queries made from the data: pure, and the same for the same seed. Words of every
 * frequency and pieces of real text, put together by the grammar of FTS5 (or by what
 * FTS4 shares with it).
 */
import { fuzzQuery } from "./fuzz.ts";
import type { Material, Shape } from "./query-material.ts";
import { randomOf } from "./random.ts";
import { column, nearQuery, phrase, quoted, term, textWord, type Writing, words } from "./terms.ts";

export type { Material, Shape } from "./query-material.ts";

export const queryClasses = [
  "single",
  "boolean",
  "phrase",
  "prefix",
  "near",
  "column",
  "punctuation",
  "unicode",
  "fuzz",
] as const;
export type QueryClass = (typeof queryClasses)[number];

export type Query = { readonly class: QueryClass | "yours"; readonly text: string };

/** `queries` of each class that makes sense for the index. */
export function makeQueries(
  material: Material,
  shape: Shape,
  { queries, seed }: { readonly queries: number; readonly seed: number },
): Query[] {
  if (material.slices.length === 0 && material.strata.every((words) => words.length === 0)) return [];
  return classesFor(shape).flatMap((kind) => {
    const writing: Writing = { material, shape, random: randomOf(seed, kind) };
    return Array.from({ length: queries }, () => ({ class: kind, text: makers[kind](writing) }));
  });
}

export function classesFor({ module, detail }: Shape): QueryClass[] {
  if (module !== "fts5") return ["single", "boolean", "phrase", "prefix"];
  // Phrases, NEAR and (without columns) filters are errors there; a few of them come with fuzz, to see that they are.
  const without: readonly QueryClass[] =
    detail === "full" ? [] : detail === "column" ? ["phrase", "near"] : ["phrase", "near", "column"];
  return queryClasses.filter((kind) => !without.includes(kind));
}

const makers: Readonly<Record<QueryClass, (writing: Writing) => string>> = {
  single: term,
  boolean: booleanQuery,
  phrase: (writing) => phrase(writing),
  prefix: prefixQuery,
  near: nearQuery,
  column: columnQuery,
  punctuation: punctuationQuery,
  unicode: unicodeQuery,
  fuzz: (writing) => fuzzQuery(writing, 0),
};

function booleanQuery(writing: Writing): string {
  const { random, shape } = writing;
  const terms = Array.from({ length: 2 + random.below(3) }, () => term(writing));
  if (shape.module !== "fts5") return terms.slice(0, 2).join(" ");
  return terms.reduce((left, right) => {
    const operator = random.pick([" AND ", " OR ", " NOT ", " ", " OR "]) ?? " ";
    // An implicit AND beside parentheses is a syntax error.
    const group = operator !== " " && random.chance(0.3);
    return `${group ? `(${left})` : left}${operator === " " && left.endsWith(")") ? " AND " : operator}${right}`;
  });
}

function prefixQuery(writing: Writing): string {
  const { random, shape } = writing;
  const [word = "a"] = shape.trigram ? [textWord(writing)] : words(writing, 1);
  const characters = [...word];
  const cut = characters.slice(0, Math.max(shape.trigram ? 3 : 1, 1 + random.below(characters.length))).join("");
  if (shape.module !== "fts5") return /^[a-z0-9]+$/.test(cut) ? `${cut}*` : term(writing);
  const start = random.chance(0.15) && shape.detail === "full" ? `${term(writing)} + ` : "";
  return `${start}${/^[A-Za-z0-9_]+$/.test(cut) ? cut : quoted(cut)}${random.chance(0.3) ? " *" : "*"}`;
}

function columnQuery(writing: Writing): string {
  const { random, shape } = writing;
  const inner = random.chance(0.5) || shape.detail !== "full" ? term(writing) : phrase(writing);
  // ^ is a phrase of positions, an error without them.
  const initial = shape.detail === "full" && random.chance(0.25) ? "^" : "";
  switch (random.below(5)) {
    case 0:
      return `- ${column(writing)} : ${inner}`;
    case 1:
      return `{${column(writing)} ${column(writing)}} : ${initial}${inner}`;
    case 2:
      return `${column(writing)} : (${inner} OR ${term(writing)})`;
    case 3:
      return initial === "" ? `${column(writing)}:${inner} AND ${term(writing)}` : `^${inner}`;
    default:
      return `${column(writing)} : ${initial}${inner}`;
  }
}

/** Real text with its punctuation, mostly quoted: unquoted it is often an error, which must be the same error. */
function punctuationQuery(writing: Writing): string {
  const { random, material } = writing;
  const odd = material.slices.filter((slice) => /[^\p{L}\p{N}\s]/u.test(slice));
  const slice = random.pick(odd.length > 0 ? odd : material.slices) ?? term(writing);
  const pieces = slice.split(/\s+/).filter((piece) => piece !== "");
  const at = random.below(pieces.length);
  const most = writing.shape.detail === "full" ? 3 : 1;
  const text = pieces.slice(at, at + 1 + random.below(most)).join(" ") || "-";
  return random.chance(0.25) ? text : quoted(text);
}

function unicodeQuery(writing: Writing): string {
  const { random, material } = writing;
  const foreign = /[^\0-\x7f]/;
  const inTexts = material.slices.flatMap((slice) => slice.split(/\s+/).filter((piece) => foreign.test(piece)));
  const inWords = material.strata.flatMap((stratum) => stratum.filter((word) => foreign.test(word)));
  const source = inTexts.length > 0 && (inWords.length === 0 || random.chance(0.6)) ? inTexts : inWords;
  const found = random.pick(source) ?? `${term(writing).replaceAll('"', "")}é`;
  // ß and ﬁ have capitals that are ASCII.
  const capitals = found.toUpperCase();
  const cased = random.chance(0.2) && foreign.test(capitals) ? capitals : found;
  if (random.chance(0.2) && writing.shape.module === "fts5") return `${quoted(cased)}*`;
  return quoted(cased);
}
