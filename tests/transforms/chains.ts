/** Chains run in memory, one step after the other over all rows: slow and plain, unlike the engine. */
import Database from "better-sqlite3";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import type { Services, Value } from "../../src/core/plan/transform.ts";
import type { Catalog, Table } from "../../src/core/schema/catalog.ts";
import type { TransformStep } from "../../src/core/settings.ts";
import { readCatalog } from "../../src/snapshot/catalog/read-file-catalog.ts";
import { type CompileContext, type CompiledChain, compileChain } from "../../src/transforms/compile-chain.ts";

export function catalogOf(sql: string): Catalog {
  const db = new Database(":memory:");
  try {
    db.defaultSafeIntegers(true);
    db.exec(sql);
    return readCatalog(db);
  } finally {
    db.close();
  }
}

export function tableIn(catalog: Catalog, name: string): Table {
  const table = catalog.tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

/** Steps as they stand in a file: `{ trim: "name" }`. */
export function stepsOf(...given: Record<string, unknown>[]): TransformStep[] {
  return given.map((step) => {
    const [[use, options] = ["", null]] = Object.entries(step);
    return { use, options };
  });
}

export function chainOf(
  catalog: Catalog,
  table: string,
  steps: readonly TransformStep[],
  more: Partial<CompileContext> = {},
): CompiledChain {
  return compileChain(
    tableIn(catalog, table),
    { where: null, steps, onError: "fail" },
    { catalog, env: {}, functions: new Map(), ...more },
  );
}

export type Tables = Record<string, Value[][]>;

/** Rows by table. `other`: rows of the source's tables, for lookup. */
export function rowsThrough(
  chain: CompiledChain,
  rows: readonly Value[][],
  other: Record<string, Record<string, Value>[]> = {},
): Tables {
  const result: Tables = {};
  let now: Value[][] = chain.backwards ? [...rows].reverse() : [...rows];
  for (const step of chain.steps) {
    const next: Value[][] = [];
    const apply = step.start(servicesOver(other));
    for (const shape of step.outputs.slice(1)) result[shape.table] = [];
    for (const row of now) {
      const before = row.map(shown).join();
      apply(Object.freeze(row) as Value[], (output, made) => {
        const shape = step.outputs[output];
        if (shape === undefined || made.length !== shape.columns.length)
          throw new Error(`${step.label} hands on ${made.length} cells`);
        if (output === 0) next.push(made);
        else result[shape.table]?.push(made);
      });
      if (row.map(shown).join() !== before) throw new Error(`${step.label} changed its input`);
    }
    now = next;
  }
  result[chain.outputs[0].table] = now;
  return result;
}

function shown(value: Value): string {
  if (value === null || typeof value !== "object") return `${typeof value} ${String(value)}`;
  return Buffer.from(value instanceof Uint8Array ? value : value.rawText).toString("hex");
}

function servicesOver(tables: Record<string, Record<string, Value>[]>): Services {
  return {
    lookup: (table, by, take) => (value) => tables[table]?.find((row) => row[by] === value)?.[take],
    firstSeen() {
      const seen = new Set<string>();
      return (key) => {
        const hex = Buffer.from(key).toString("hex");
        return !seen.has(hex) && seen.add(hex) !== undefined;
      };
    },
  };
}

/** The error's code, message and details, as one text. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return [`${thrown.code}: ${thrown.message}`, ...thrown.details].join("\n");
    throw thrown;
  }
  throw new Error("nothing was refused");
}
