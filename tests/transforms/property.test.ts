/** Random rows through random chains: the same as a second implementation, written here row by row with none of ours. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Value } from "../../src/core/plan/transform.ts";
import { catalogOf, chainOf, rowsThrough, stepsOf } from "./chains.ts";

const catalog = catalogOf("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)");

type Row = Record<string, Value>;
type Model = { step: Record<string, unknown>; plain: (rows: Row[]) => Row[] };

const each = (change: (row: Row) => void) => (rows: Row[]) =>
  rows.map((row) => {
    const copy = { ...row };
    change(copy);
    return copy;
  });

/** 2 and 2.0 are one value, 2 and "2" are not. */
const sameKey = (a: Value, b: Value): boolean =>
  typeof a === "string" || typeof b === "string" || a === null || b === null ? a === b : Number(a) === Number(b);

const column = fc.constantFrom("a", "b", "c");
const word = fc.constantFrom("x", "X", " y ", "", "1", "a,b", "ß", 'a, b ,,"q"');

/** Columns keep their names, so that steps can stand in any order. */
const model: fc.Arbitrary<Model> = fc.oneof(
  column.map(
    (name): Model => ({
      step: { trim: name },
      plain: each((row) => {
        const value = row[name];
        if (typeof value === "string") row[name] = value.trim();
      }),
    }),
  ),
  fc.tuple(column, fc.constantFrom("lower" as const, "upper" as const)).map(
    ([name, to]): Model => ({
      step: { case: { columns: name, to } },
      plain: each((row) => {
        const value = row[name];
        if (typeof value === "string")
          row[name] = to === "lower" ? value.toLocaleLowerCase("en") : value.toLocaleUpperCase("en");
      }),
    }),
  ),
  fc.tuple(column, word, word, fc.constantFrom("keep" as const, "null" as const)).map(
    ([name, from, to, otherwise]): Model => ({
      step: { map: { column: name, values: { [from]: to }, otherwise } },
      plain: each((row) => {
        const value = row[name] ?? null;
        if (value === null) return;
        const key = typeof value === "number" ? (Number.isInteger(value) ? `${value}.0` : `${value}`) : `${value}`;
        row[name] = key === from ? to : otherwise === "keep" ? value : null;
      }),
    }),
  ),
  fc.tuple(column, word, fc.boolean()).map(
    ([name, value, empty]): Model => ({
      step: { default: { values: { [name]: value }, empty } },
      plain: each((row) => {
        if (row[name] === null || (empty && row[name] === "")) row[name] = value;
      }),
    }),
  ),
  column.map(
    (name): Model => ({
      step: { split: { column: name, by: ",", as: "json" } },
      plain: each((row) => {
        const value = row[name] ?? null;
        if (value === null) return;
        const text = typeof value === "number" ? (Number.isInteger(value) ? `${value}.0` : `${value}`) : `${value}`;
        const parts: string[] = [];
        for (const part of text.split(",")) if (part.trim().length > 0) parts.push(part.trim());
        row[name] = JSON.stringify(parts);
      }),
    }),
  ),
  fc.tuple(column, word).map(
    ([name, value]): Model => ({
      step: { filter: { not: { column: name, op: "=", value } } },
      plain: (rows) => rows.filter((row) => row[name] !== value),
    }),
  ),
  fc.tuple(column, fc.constant("first" as const)).map(
    ([name, keep]): Model => ({
      step: { dedupe: { by: name, keep } },
      plain: (rows) =>
        rows.filter((row, i) => rows.findIndex((other) => sameKey(other[name] ?? null, row[name] ?? null)) === i),
    }),
  ),
  fc.tuple(column, column).map(
    ([name, other]): Model => ({
      step: { rename: { [name]: other, [other]: name } },
      plain: each((row) => {
        [row[name], row[other]] = [row[other] ?? null, row[name] ?? null];
      }),
    }),
  ),
);

const value: fc.Arbitrary<Value> = fc.oneof(
  word,
  fc.constantFrom<Value>(null, 1n, 2n, 1.5, 2, "1.5"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);

it("random chains", () => {
  const rows = fc.array(fc.tuple(value, value, value), { maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.array(model, { minLength: 1, maxLength: 6 }), (cells, models) => {
      const chain = chainOf(catalog, "t", stepsOf(...models.map(({ step }) => step)));
      const given = cells.map((three, i): Value[] => [BigInt(i), ...three]);
      // What a rename swaps are names: cells are told by name, not by place.
      const made = rowsThrough(chain, given).t?.map((row) =>
        Object.fromEntries(chain.outputs[0].columns.map(({ name }, i) => [name, row[i] ?? null])),
      );
      const plain = models.reduce(
        (now, { plain: step }) => step(now),
        given.map(([id = null, a = null, b = null, c = null]): Row => ({ id, a, b, c })),
      );
      expect(made).toEqual(plain);
    }),
    { numRuns: 400, seed: 11 },
  );
});
