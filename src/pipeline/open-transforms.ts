/**
 * A pipeline's transforms as the phases' port: steps compiled against the
 * snapshot's catalog, the selection of rows that belong together, and the engine
 * that runs both.
 */
import { statSync } from "node:fs";
import type { Note } from "../core/plan/plan.ts";
import type { Seen } from "../core/plan/seen.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { Transforms } from "../core/ports.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import type { Settings } from "../core/settings.ts";
import { tableSelector } from "../plan/selection.ts";
import { keptCatalog, snapshotCatalog } from "../snapshot/catalog/kept-catalog.ts";
import { type RowSelection, rowSelection } from "../snapshot/closure/row-selection.ts";
import { shapeSnapshot } from "../snapshot/reshape/shape.ts";
import { openSqlite } from "../sqlite/open.ts";
import type { CompiledChain } from "../transforms/compile-chain.ts";
import { loadFunctions } from "../transforms/functions/load-functions.ts";
import type { LeftOut } from "../transforms/reshaped/leave.ts";
import { reshapedCatalog } from "../transforms/reshaped/reshaped-catalog.ts";
import { seenNotes } from "../transforms/reshaped/seen-notes.ts";
import { functionPaths } from "../transforms/step-files.ts";
import { replay } from "../validators/transforms/replay.ts";
import { compileChains } from "./compile-chains.ts";
import { type LeftBySource, leftBySource, selectionAfter, selectionOf } from "./selection.ts";

export function openTransforms(settings: Settings, env: NodeJS.ProcessEnv = process.env): Transforms {
  const left = leftBySource(settings);
  // The schema of a file that rowhaul wrote says nothing.
  const catalogOf = settings.source.kind === "sqlite" ? snapshotCatalogOf : keptCatalog;
  const tables = Object.entries(left.tables ?? {});
  const wanted = tableSelector(selectionOf(settings));
  let chains: readonly CompiledChain[] | null = null;
  const compiled = async (catalog: Catalog): Promise<readonly CompiledChain[]> => {
    const paths = functionPaths(tables.flatMap(([, table]) => table.steps));
    const functions = await loadFunctions(paths, settings.folder);
    chains ??= compileChains(left, wanted, { catalog, env, functions });
    return chains;
  };
  return {
    async run({ snapshot, reshaped, progress, signal }) {
      const catalog = catalogOf(snapshot);
      const all = await compiled(catalog);
      let after = reshapedCatalog(catalog, all);
      let notes: readonly Note[] = [];
      const settle = (seen: Seen): Catalog => {
        after = reshapedCatalog(catalog, all, seen);
        notes = seenNotes(after.catalog.tables, all, seen);
        return after.catalog;
      };
      const selection = await select(left, snapshot, catalog, `${reshaped}.rows`, signal);
      try {
        const common = { snapshot, reshaped, catalog, reshapedCatalog: after.catalog, chains: all, wanted, selection };
        const { report, sha256 } = await shapeSnapshot({ ...common, settle, progress, signal });
        const selected = selection?.tables.map(({ table, rows }) => ({ table, rows }));
        return {
          report: {
            ...report,
            ...(selected === undefined ? {} : { selected }),
            leftOut: [
              ...leftOutOf(after.leftOut, wanted),
              ...(settings.target.kind === "sqlite" ? plainTables(catalog, all) : []),
              ...report.leftOut,
            ],
            ...(notes.length === 0 ? {} : { notes }),
          },
          sha256,
          bytes: statSync(reshaped).size,
        };
      } finally {
        selection?.close();
      }
    },
    async replay({ snapshot, reshaped, report, progress, signal }) {
      const catalog = catalogOf(snapshot);
      const all = await compiled(catalog);
      const selection = await select(left, snapshot, catalog, `${reshaped}.rows`, signal);
      try {
        const common = {
          snapshot,
          reshaped,
          catalog,
          reshapedCatalog: keptCatalog(reshaped),
          chains: all,
          wanted,
          selection,
        };
        const reportRows = (table: string, done: number): void => {
          const read = report.tables.find((one) => sameName(one.table, table))?.read ?? 0;
          progress(table, done, Math.max(read, done));
        };
        return await replay({ ...common, report, progress: reportRows, signal });
      } finally {
        selection?.close();
      }
    },
    async selection(snapshot, reshaped) {
      return selectionAfter(settings, await compiled(catalogOf(snapshot)), keptCatalog(reshaped));
    },
  };
}

/** PostgreSQL has nothing like them; a SQLite file could have, but a reshaped table is made anew without. */
function plainTables({ tables }: Catalog, chains: readonly CompiledChain[]): TransformReport["leftOut"] {
  const reshaped = tables.filter(({ name }) => chains.some((chain) => sameName(chain.table, name)));
  return reshaped.flatMap(({ name, strict, withoutRowid, conflictClauses }) =>
    [...(strict ? ["STRICT"] : []), ...(withoutRowid ? ["WITHOUT ROWID"] : []), ...conflictClauses].map((clause) => ({
      object: `${clause} of ${name}`,
      reason: "the table is reshaped and made anew",
    })),
  );
}

/** Of a table that does not move nothing is lost. */
function leftOutOf(all: readonly LeftOut[], wanted: (table: string) => boolean): TransformReport["leftOut"] {
  return all.filter(({ table }) => wanted(table)).map(({ table: _, ...left }) => left);
}

function select(
  { root, tables }: LeftBySource,
  snapshot: string,
  catalog: Catalog,
  scratch: string,
  signal: AbortSignal,
): Promise<RowSelection | null> {
  const entries = Object.entries(tables ?? {});
  return rowSelection({
    snapshot,
    catalog,
    scratch,
    root,
    wheres: new Map(entries.flatMap(([name, { where }]) => (where === null ? [] : [[name, where] as const]))),
    belongsTo: new Map(
      entries.flatMap(([name, { belongsTo }]) =>
        belongsTo === null ? [] : [[name, { parent: belongsTo, columns: null }] as const],
      ),
    ),
    signal,
  });
}

function snapshotCatalogOf(path: string): Catalog {
  const db = openSqlite(path);
  try {
    return snapshotCatalog(db, path);
  } finally {
    db.close();
  }
}
