/** Columns at random, each of one live type with one value or a few, in tables of many. */
import fc from "fast-check";
import { makeDatabase } from "../../support/scratch-database.ts";
import { anything, declarations, type PairType } from "./kinds.ts";
import { type Cell, type FilledColumn, fill, readBack, type Stored, shown, textOf } from "./stored.ts";

export type PairColumn = {
  readonly table: string;
  readonly name: string;
  readonly type: PairType;
  readonly declared: string;
  /** Its table has no other column, so that its rows can be taken out. */
  readonly lone: boolean;
  /** By id − 1. */
  readonly cells: readonly Cell[];
};

export type Batch = {
  readonly path: string;
  readonly columns: readonly PairColumn[];
  readonly tables: readonly string[];
};

const columnsOfTable = 60;

export function makeBatch(types: readonly PairType[], count: number, seed: number): Batch {
  const several = (values: fc.Arbitrary<Stored>) => fc.array(values, { minLength: 2, maxLength: 3 });
  const drawn = types.map((type) => {
    const values: fc.Arbitrary<readonly Stored[]> = fc.oneof(
      { arbitrary: type.valid.map((value) => [value]), weight: 6 },
      { arbitrary: several(type.valid), weight: 1 },
      { arbitrary: anything.map((value) => [value]), weight: 3 },
    );
    const column = fc.record({
      declared: fc.constantFrom(...declarations),
      values,
      lone: fc.integer({ min: 0, max: 19 }),
    });
    return { type, columns: fc.sample(column, { seed, numRuns: Math.ceil(count / types.length) }) };
  });
  const all = Array.from({ length: Math.ceil(count / types.length) }, (_, i) =>
    drawn.map(({ type, columns }) => ({ type, ...(columns[i] as FilledColumn & { lone: number }) })),
  ).flat();
  const isLone = ({ lone, values, type }: (typeof all)[number]): boolean =>
    lone === 0 || (type.name !== "text" && values.some(isNoText));
  const [lone, together] = [all.filter(isLone), all.filter((one) => !isLone(one))];
  const groups = [...lone.map((one) => [one])];
  for (let i = 0; i < together.length; i += columnsOfTable) groups.push(together.slice(i, i + columnsOfTable));
  const tables = groups.map((columns, i) => ({
    table: `t${i}`,
    lone: i < lone.length,
    columns: columns.map((column, j) => ({ ...column, name: `c${j}` })),
  }));
  const path = makeDatabase((db) => {
    db.transaction(() => {
      for (const { table, columns } of tables) fill(db, table, columns);
    })();
  });
  return {
    path,
    tables: tables.map(({ table }) => table),
    columns: tables.flatMap(({ table, lone, columns }) => {
      const found = readBack(
        path,
        table,
        columns.map(({ name }) => name),
      );
      return columns.map(({ name, type, declared }) => ({
        table,
        name,
        type,
        declared,
        lone,
        cells: found.get(name) ?? [],
      }));
    }),
  };
}

function isNoText(stored: Stored): boolean {
  return stored.storage === "text" && (textOf(stored)?.includes("\0") ?? true);
}

export function liveSchema({ tables, columns }: Batch): string {
  return tables
    .map((table) => {
      const own = columns.filter((column) => column.table === table);
      return `CREATE TABLE ${table} (id bigint PRIMARY KEY, ${own.map(({ name, type }) => `${name} ${type.name}`).join(", ")})`;
    })
    .join(";\n");
}

export function described({ table, name, type, declared, cells }: PairColumn): string {
  return `${table}.${name} ${declared || "(no type)"} → ${type.name}: ${cells.map(({ value }) => shown(value)).join(" | ")}`;
}
