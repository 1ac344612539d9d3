/** The committed tables against the SQLite that is installed, over every code point. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { categoryNames, probeUnicode } from "../../../scripts/search/probe.mjs";
import { unicodeFiles } from "../../../scripts/search/unicode-files.mjs";
import { categories } from "../../../src/search/unicode/categories.ts";
import { foldsOf } from "../../../src/search/unicode/folding.ts";
import { marks } from "../../../src/search/unicode/marks.ts";
import { pointsOf, runsOf } from "../../../src/search/unicode/runs.ts";

test("SQLite's unicode61 does with every code point what the tables say", { timeout: 60_000 }, () => {
  const probe = probeUnicode();
  expect(Object.keys(categories)).toEqual(categoryNames);
  const read = Object.entries(categories).map(([name, text]) => [name, pointsOf(text)]);
  expect(Object.fromEntries(read)).toEqual(probe.categories);
  expect(pointsOf(marks)).toEqual(probe.marks);
  for (const level of [0, 1, 2] as const) expect([...foldsOf(level)].sort(byPoint)).toEqual([...probe.folds[level]]);

  for (const [name, text] of Object.entries(unicodeFiles(probe))) {
    const path = fileURLToPath(new URL(`../../../src/search/unicode/${name}`, import.meta.url));
    // the version in the header may be another's
    expect(tables(readFileSync(path, "utf8")), name).toBe(tables(text));
  }
});

test("folding", () => {
  const folded = (level: 0 | 1 | 2, char: string) => foldsOf(level).get(char.codePointAt(0) ?? 0);
  expect(folded(0, "É")).toBe(0xe9);
  expect(folded(1, "É")).toBe(0x65);
  expect(folded(1, "Ṩ")).toBe(0x1e69);
  expect(folded(2, "Ṩ")).toBe(0x73);
  expect(folded(1, "\u0301")).toBe(0);
  expect(folded(0, "\u0301")).toBe(undefined);
  expect(folded(0, "\uffff")).toBe(0xfffd);
  expect(folded(2, "語")).toBe(undefined);
});

test("runs", () => {
  expect(pointsOf("41-43 100-104/2 1f9d0")).toEqual([0x41, 0x42, 0x43, 0x100, 0x102, 0x104, 0x1f9d0]);
  expect(runsOf([5, 1, 2, 3, 9])).toEqual([
    { first: 1, last: 3 },
    { first: 5, last: 5 },
    { first: 9, last: 9 },
  ]);
});

function byPoint([a]: [number, number], [b]: [number, number]): number {
  return a - b;
}

function tables(text: string): string {
  return text.slice(text.indexOf("export const"));
}
