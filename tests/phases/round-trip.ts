/** Round trips as a user makes them: export, import, compare. Every step of a move is accepted; what differs is named. */
import { expect } from "vitest";
import type { Comparison } from "../../src/compare/comparison.ts";
import { workspace } from "../cli/workspace.ts";
import { library } from "../library/built.ts";

const { compare, copySettings, exportData, run } = library;

export type Trip = {
  readonly path: (name: string) => string;
  /** `schema`: of a PostgreSQL source. */
  readonly export: (from: string, name: string, options?: { schema?: string; gzip?: boolean }) => Promise<string>;
  /** `schema`: of either side, where it is PostgreSQL. */
  readonly move: (from: string, to: string, schema?: string) => Promise<string>;
};

/** In a folder of its own, which goes at the end of the test file. */
export function trip(): Trip {
  const space = workspace();
  return {
    path: space.path,
    async export(from, name, { schema, gzip = false } = {}) {
      const settings = copySettings(from, "embedded", schema === undefined ? {} : { sourceSchema: schema });
      return (await exportData(settings, space.path(name), { gzip })).folder;
    },
    async move(from, to, schema) {
      const more = schema === undefined ? {} : { schema, sourceSchema: schema };
      const done = await run(copySettings(from, to, { folder: space.folder, ...more }), { acceptAll: true });
      expect(done.stage).toBe("done");
      return to;
    },
  };
}

/** `mode`: how they must have been compared. `known`: what differs all the same, see {@link differing}. */
export async function expectSame(
  a: string,
  b: string,
  mode: Comparison["mode"],
  { schema, tables, known = [] }: { schema?: string; tables?: readonly string[]; known?: readonly unknown[] } = {},
): Promise<Comparison> {
  const found = await compare(a, b, {
    ...(schema === undefined ? {} : { schema }),
    ...(tables === undefined ? {} : { tables }),
  });
  expect(differing(found)).toEqual(known);
  expect({ mode: found.mode, compared: found.tables.length > 0 }).toEqual({ mode, compared: true });
  if (known.length === 0) expect(found.differences).toBe(0);
  return found;
}

/** Everything that differs, a line each: all tables and columns, and the first rows and cells. */
export function differing({ missingTables, extraTables, tables }: Comparison): string[] {
  return [
    ...missingTables.map((name) => `missing table ${name}`),
    ...extraTables.map((name) => `extra table ${name}`),
    ...tables.flatMap((table) => [
      ...table.missingColumns.map((name) => `missing column ${table.table}.${name}`),
      ...table.extraColumns.map((name) => `extra column ${table.table}.${name}`),
      ...table.missingRows.samples.map((row) => `${table.table}: missing ${row}`),
      ...table.extraRows.samples.map((row) => `${table.table}: extra ${row}`),
      ...table.cells.samples.map(({ key, column, a, b }) => `${table.table}: ${key} ${column} ${a} → ${b}`),
    ]),
  ];
}
