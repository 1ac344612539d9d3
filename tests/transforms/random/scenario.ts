/** A random table, random steps with valid options, and what must come out, row by row. */
import type { Value } from "../../../src/core/plan/transform.ts";
import { anyValue, type Chance, chanceOf } from "./chance.ts";
import { exactly, Refused } from "./plain.ts";
import { type Column, type Row, type Seen, type StepModel, stepModels } from "./steps.ts";

export type Scenario = {
  readonly create: string;
  readonly columns: readonly string[];
  readonly rows: readonly Value[][];
  readonly side: readonly Value[][];
  /** As in a pipeline file. */
  readonly steps: readonly Record<string, unknown>[];
  readonly used: readonly string[];
  /** Rows by table, each cell with its class, sorted. */
  readonly expected: ReadonlyMap<string, string[]>;
  /** Columns in the order of the cells. */
  readonly shapes: ReadonlyMap<string, readonly string[]>;
  readonly refused: number;
};

export function scenarioOf(seed: number): Scenario {
  const chance = chanceOf(seed);
  const kind = chance.below(3);
  const [create, keys] = tables[kind] as (typeof tables)[number];
  const rows = Array.from({ length: chance.below(9) }, (_, i) => [
    ...keyValues(kind, i, chance),
    ...others.map((name) => anyValue(chance, name !== "e")),
  ]);
  const side = Array.from({ length: 5 }, () => [anyValue(chance, true), anyValue(chance)]);
  let columns: Column[] = [...keys.map((name) => ({ name, key: true })), ...others.map((name) => ({ name }))];
  const models: StepModel[] = [];
  let made = 0;
  for (let n = 1 + chance.below(6); n > 0 && models.at(-1)?.last !== true; n--) {
    const name = chance.one(Object.keys(stepModels));
    const model = stepModels[name]?.({
      chance,
      columns,
      side,
      hasKey: columns.filter(({ key }) => key === true).length === keys.length && keys.length > 0,
      newName: () => `${chance.one(["n", "N ew", 'q"uote', "é", "order"])}${++made}`,
      order: models.find(({ order }) => order !== undefined)?.order ?? null,
    });
    if (model === undefined || model === null) continue;
    models.push(model);
    columns = model.columns;
  }
  return {
    create,
    columns: [...keys, ...others],
    rows,
    side,
    steps: models.map(({ step }) => step),
    used: models.map(({ step }) => Object.keys(step)[0] ?? ""),
    ...outcome(rows, [...keys, ...others], models, columns),
  };
}

const others = ["a", "b", "c", "d", "e"];
const tables: [string, string[]][] = [
  ["CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c BLOB, d, e)", ["id"]],
  [
    "CREATE TABLE t (part INTEGER NOT NULL, id TEXT NOT NULL, a, b, c BLOB, d, e, PRIMARY KEY (id, part)) WITHOUT ROWID",
    ["part", "id"],
  ],
  ["CREATE TABLE t (a, b, c BLOB, d, e)", []],
];

function keyValues(kind: number, i: number, chance: Chance): Value[] {
  if (kind === 0) return [BigInt(i * 3 - 4)];
  return kind === 1 ? [BigInt(chance.below(3)), `k${i}`] : [];
}

function outcome(
  rows: readonly Value[][],
  names: readonly string[],
  models: readonly StepModel[],
  columns: readonly Column[],
) {
  const shapes = new Map<string, readonly string[]>();
  for (const model of models) for (const [table, own] of model.makes ?? []) shapes.set(table, own);
  const main = models.at(-1)?.into ?? "t";
  shapes.set(
    main,
    columns.map(({ name }) => name),
  );
  const expected = new Map([...shapes.keys()].map((table): [string, string[]] => [table, []]));
  const seen: Seen[] = models.map(() => new Set());
  let refused = 0;
  const isBackwards = models.some(({ order }) => order === "last");
  for (const values of isBackwards ? [...rows].reverse() : rows) {
    const row: Row = new Map(names.map((name, i) => [name, values[i] ?? null]));
    const made: [string, Row][] = [];
    const marked: [Seen, string][] = [];
    try {
      const left = models.reduce<Row | null>(
        (now, model, i) =>
          now === null
            ? null
            : model.apply(now, {
                emit: (table, child) => void made.push([table, child]),
                isFirst(key) {
                  const set = seen[i] as Seen;
                  if (set.has(key)) return false;
                  set.add(key);
                  marked.push([set, key]);
                  return true;
                },
              }),
        row,
      );
      if (left !== null) made.push([main, left]);
      for (const [table, child] of made)
        expected
          .get(table)
          ?.push((shapes.get(table) ?? []).map((name) => exactly(child.get(name) ?? null)).join(" | "));
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      refused += 1;
      for (const [set, key] of marked) set.delete(key);
    }
  }
  for (const list of expected.values()) list.sort();
  return { expected, shapes, refused };
}
