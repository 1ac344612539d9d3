/** The options of unicode61, brought down to what they do: see scripts/search/probe.mjs for how that is known. */
import { categories } from "../unicode/categories.ts";
import { marks } from "../unicode/marks.ts";
import { pointsOf } from "../unicode/runs.ts";
import { pairsOf, sameWord } from "./arguments.ts";
import { type AsciiOrder, keyOf, separatorOutside, withOrders } from "./ascii.ts";
import type { Unicode61Tokenizer } from "./tokenizer.ts";

type Parts = Pick<Unicode61Tokenizer, "removeDiacritics" | "ascii" | "categories" | "unlisted" | "exceptions">;

/** Null where FTS5 refuses the options. */
export function parseUnicode61(words: readonly string[]): Unicode61Tokenizer | null {
  const pairs = pairsOf(words);
  if (pairs === null) return null;
  let removeDiacritics: 0 | 1 | 2 = 1;
  const orders: AsciiOrder[] = [];
  // the last of them, and before all other options, wherever it stands
  let chosen = defaultCategories;
  for (const [name, value] of pairs) {
    if (sameWord(name, "categories")) chosen = value;
    else if (sameWord(name, "remove_diacritics") && isLevel(value)) removeDiacritics = levels[value];
    else if (sameWord(name, "tokenchars")) orders.push({ token: true, characters: value });
    else if (sameWord(name, "separators")) orders.push({ token: false, characters: value });
    else return null;
  }
  const set = categorySet(chosen);
  if (set === null) return null;
  const exceptions = exceptionsOf(set, orders);
  return unicode61Of({ removeDiacritics, ascii: withOrders(asciiOf(set), orders), ...set, exceptions });
}

export function unicode61Of(parts: Parts): Unicode61Tokenizer {
  const { removeDiacritics, ascii, unlisted, exceptions } = parts;
  const usual =
    unlisted && exceptions.length === 0 && parts.categories.join() === usualSet.join() && ascii === asciiOf(parts);
  const meaning = [removeDiacritics, ascii, parts.categories, unlisted, exceptions];
  const key = usual ? `unicode61_${removeDiacritics}` : `unicode61_x${keyOf(meaning)}`;
  // SQLite reads U+FFFE as U+FFFD, so no token has it
  return { known: true, kind: "unicode61", key, separator: separatorOutside(ascii) ?? "\ufffe", ...parts };
}

type CategorySet = { readonly categories: readonly string[]; readonly unlisted: boolean };

/** Of each word FTS5 reads two characters: a letter, and the second one or `*`. Null for one that is none. */
export function categorySet(text: string): CategorySet | null {
  const words = text.split(/[ \t]+/).filter((word) => word !== "");
  const found = new Set<string>();
  for (const word of words) {
    const [letter = "", second = ""] = word;
    const meant = Object.keys(categories).filter(
      (name) => name === letter + second || (second === "*" && name[0] === letter),
    );
    if (meant.length === 0) return null;
    for (const name of meant) found.add(name);
  }
  const used = Object.entries(categories).filter(([name, runs]) => found.has(name) && runs !== "");
  return { categories: used.map(([name]) => name).sort(), unlisted: words.length > 0 };
}

/**
 * Beyond ASCII an option counts only against the category, and one after it does not take it back. Marks stay
 * what they are.
 */
export function exceptionsOf(set: CategorySet, orders: readonly AsciiOrder[]): number[] {
  const fixed = new Set(pointsOf(marks));
  const found = new Set<number>();
  for (const { token, characters } of orders) {
    for (const character of characters) {
      const point = asRead(character.codePointAt(0) ?? 0);
      if (point >= 0x80 && !fixed.has(point) && isMember(set, point) !== token) found.add(point);
    }
  }
  return [...found].sort((a, b) => a - b);
}

export function asciiOf(set: CategorySet): string {
  const points = set.categories.flatMap((name) => pointsIn(name)).filter((point) => point < 0x80);
  return points
    .sort((a, b) => a - b)
    .map((point) => String.fromCharCode(point))
    .join("");
}

/** Code points of a category, ASCII too. */
export function pointsIn(category: string): number[] {
  const text = Object.entries(categories).find(([name]) => name === category)?.[1];
  return text === undefined ? [] : pointsOf(text);
}

/** Code points of all categories. */
export function allListed(): number[] {
  return Object.keys(categories).flatMap(pointsIn);
}

function isMember(set: CategorySet, point: number): boolean {
  for (const name of Object.keys(categories)) {
    if (pointsIn(name).includes(point)) return set.categories.includes(name);
  }
  return set.unlisted;
}

/** SQLite takes the two that are no characters for U+FFFD. */
function asRead(point: number): number {
  return point === 0xfffe || point === 0xffff ? 0xfffd : point;
}

function isLevel(value: string): value is keyof typeof levels {
  return Object.hasOwn(levels, value);
}

const levels = { "0": 0, "1": 1, "2": 2 } as const;

const defaultCategories = "L* N* Co";

/** The default's, those without characters left out. */
export const usualSet = ["Co", "Ll", "Lm", "Lo", "Lt", "Lu", "Nd", "Nl", "No"];
