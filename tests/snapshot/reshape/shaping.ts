/** Runs chains over a database made for the test, and reads what came out. */
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "vitest";
import type { Chain, TransformReport } from "../../../src/core/plan/transform.ts";
import type { Catalog } from "../../../src/core/schema/catalog.ts";
import { snapshotCatalog } from "../../../src/snapshot/catalog/kept-catalog.ts";
import type { RowSelection } from "../../../src/snapshot/closure/row-selection.ts";
import { shapeSnapshot } from "../../../src/snapshot/reshape/shape.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { replay } from "../../../src/validators/transforms/replay.ts";
import { freshPath } from "../../support/scratch-database.ts";

export function catalogOf(path: string): Catalog {
  const db = openSqlite(path);
  try {
    return snapshotCatalog(db, path);
  } finally {
    db.close();
  }
}

export type Shaping = {
  snapshot: string;
  reshaped: string;
  catalog: Catalog;
  reshapedCatalog: Catalog;
  chains: Chain[];
  selection: RowSelection | null;
  report: TransformReport;
};

export async function shapeIt(
  snapshot: string,
  chains: Chain[],
  after: (catalog: Catalog) => Catalog,
  more: {
    selection?: RowSelection | null;
    signal?: AbortSignal;
    progress?: (t: string, d: number, n: number) => void;
  } = {},
): Promise<Shaping> {
  const catalog = catalogOf(snapshot);
  const reshapedCatalog = after(catalog);
  const reshaped = freshPath("shaped.db");
  const selection = more.selection ?? null;
  const request = { snapshot, reshaped, catalog, reshapedCatalog, chains, wanted: () => true, selection };
  try {
    const { report } = await shapeSnapshot({
      ...request,
      progress: more.progress ?? (() => {}),
      signal: more.signal ?? new AbortController().signal,
    });
    return { ...request, report };
  } finally {
    expect(existsSync(`${reshaped}.part`)).toBe(false);
  }
}

export function replayed(shaping: Shaping) {
  return replay({
    ...shaping,
    reshapedCatalog: catalogOf(shaping.reshaped),
    wanted: () => true,
    progress: () => {},
    signal: new AbortController().signal,
  });
}

/** Cells with class and bytes. */
export function cells(path: string, table: string, ...columns: string[]): unknown[][] {
  const slots = columns.map((c) => `typeof("${c}") || ' ' || coalesce(hex(CAST("${c}" AS BLOB)), '')`);
  return query(path, `SELECT ${slots.join(", ")} FROM "${table}"`);
}

export function query(path: string, sql: string): unknown[][] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw(true).all() as unknown[][];
  } finally {
    db.close();
  }
}
