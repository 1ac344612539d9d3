/**
 * A query's tree applied to one small row, by the definition and not by an
 * index: shows whether the tree means what FTS5 makes of the query.
 */
import type { Expression, Near, Phrase } from "../../../src/search/query/expression.ts";

/** Every way to put few words into three columns that tells queries apart. */
export function everyRow(): string[][] {
  const texts = ["", "x", "y", "x y", "y x", "z y x", "x z y", "xx w é", "and near x_1"];
  return texts.flatMap((first, i) =>
    texts.map((second, j) => [first, second, texts[(i * 5 + j * 7) % texts.length] ?? ""]),
  );
}

export function evaluate(tree: Expression, row: readonly string[]): boolean {
  if (tree === null) return false;
  if ("and" in tree) return tree.and.every((part) => evaluate(part, row));
  if ("or" in tree) return tree.or.some((part) => evaluate(part, row));
  if ("not" in tree) return evaluate(tree.not[0], row) && !evaluate(tree.not[1], row);
  if ("near" in tree) return found(tree.near, row);
  const members = tree.all.filter((part) => "near" in part && hasTokens(part.near));
  return members.length > 0 && members.every((part) => evaluate(part, row));
}

function hasTokens(near: Near): boolean {
  return near.phrases.some((phrase) => wordsOf(phrase).length > 0);
}

function found(near: Near, row: readonly string[]): boolean {
  const phrases = near.phrases.filter((phrase) => wordsOf(phrase).length > 0);
  if (phrases.length === 0) return false;
  return row.some((text, column) => {
    if (near.columns !== null && !near.columns.includes(column)) return false;
    const starts = phrases.map((phrase) => startsIn(tokens(text), phrase));
    return combinations(starts).some((chosen) => isNear(chosen, phrases, near.distance));
  });
}

function isNear(starts: readonly number[], phrases: readonly Phrase[], distance: number): boolean {
  const last = Math.max(...starts);
  return starts.every((start, i) => {
    const phrase = phrases[i];
    return phrase !== undefined && start >= last - wordsOf(phrase).length - distance;
  });
}

function combinations(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}

function startsIn(text: readonly string[], phrase: Phrase): number[] {
  const words = wordsOf(phrase);
  return text.flatMap((_, at) => {
    const here = words.every(({ word, prefix }, i) => {
      const token = text[at + i];
      return token !== undefined && (prefix ? token.startsWith(word) : token === word);
    });
    return here && (at === 0 || !phrase.initial) ? [at] : [];
  });
}

function wordsOf(phrase: Phrase): { word: string; prefix: boolean }[] {
  return phrase.parts.flatMap((part) => {
    const words = tokens(part.text);
    return words.map((word, i) => ({ word, prefix: part.prefix && i === words.length - 1 }));
  });
}

/** Enough of unicode61 for the texts of these tests. */
function tokens(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("é", "e")
      .match(/[a-z0-9日本\u{1f9a9}]+/gu) ?? []
  );
}
