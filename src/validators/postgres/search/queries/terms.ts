/** The pieces queries are put together from: words, phrases, NEAR groups, columns. */
import type { Material, Shape } from "./query-material.ts";
import type { Random } from "./random.ts";

export type Writing = { readonly material: Material; readonly shape: Shape; readonly random: Random };

/** One word as it may stand in a query. */
export function term(writing: Writing): string {
  const [word = "a"] = writing.shape.trigram ? [textWord(writing)] : words(writing, 1);
  return written(word, writing.shape);
}

/** A phrase of real text, quoted, or joined by +. */
export function phrase(writing: Writing): string {
  const { random, shape } = writing;
  const found = words(writing, 2 + random.below(3));
  if (shape.module !== "fts5") return quoted(found.join(" ").replace(/[*^]/g, " "));
  if (random.chance(0.15)) return found.map((word) => written(word, shape)).join(" + ");
  return quoted(found.join(" "));
}

export function nearQuery(writing: Writing): string {
  const { random } = writing;
  const nearby = words(writing, 6);
  const parts = Array.from({ length: 2 + random.below(2) }, () => {
    const start = random.below(nearby.length);
    const some = random.chance(0.25) ? nearby.slice(start, start + 2) : [nearby[start] ?? "a"];
    return some.length > 1 ? quoted(some.join(" ")) : written(some[0] ?? "a", writing.shape);
  });
  return `NEAR(${parts.join(" ")}${random.chance(0.7) ? `, ${random.below(12)}` : ""})`;
}

export function column({ random, shape }: Writing): string {
  const chosen = random.pick(shape.columns) ?? "a";
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(chosen) && !keyword.test(chosen) ? chosen : quoted(chosen);
}

/** That many words that follow one another in a text; from the vocabulary when no text is at hand. */
export function words({ material, random }: Writing, count: number): string[] {
  const slice = count > 1 || random.chance(0.4) ? random.pick(material.slices) : undefined;
  if (slice === undefined) return Array.from({ length: count }, () => vocabularyWord(material, random));
  const found = slice.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  if (found.length === 0) return [vocabularyWord(material, random)];
  const start = random.below(Math.max(1, found.length - count + 1));
  return found.slice(start, start + count);
}

/** A piece of text of three to ten characters, wherever it begins. */
export function textWord({ material, random }: Writing): string {
  const characters = [...(random.pick(material.slices) ?? random.pick(material.strata.flat()) ?? "abc")];
  const start = random.below(Math.max(1, characters.length - 3));
  return characters.slice(start, start + 3 + random.below(8)).join("");
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

const keyword = /^(AND|OR|NOT|NEAR)$/;

function written(word: string, { module }: Shape): string {
  if (module !== "fts5") return /^[a-z0-9]+$/.test(word) ? word : quoted(word.replace(/[*^"]/g, " "));
  return /^[A-Za-z0-9_\u0080-\u{10ffff}]+$/u.test(word) && !keyword.test(word) ? word : quoted(word);
}

/** Each frequency has the same chance: rare words are most of a vocabulary, and common ones most of what people ask. */
function vocabularyWord({ strata, slices }: Material, random: Random): string {
  const filled = strata.filter((stratum) => stratum.length > 0);
  const word = random.pick(random.pick(filled) ?? []);
  if (word !== undefined) return word;
  const found = (random.pick(slices) ?? "").split(/[^\p{L}\p{N}]+/u).filter((piece) => piece !== "");
  return random.pick(found) ?? "a";
}
