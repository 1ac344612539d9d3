/** A source table as its own chain leaves it. */

import type { Seen } from "../../core/plan/seen.ts";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import type { Column, Index, IndexPart, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { rowidName } from "../../snapshot/write/writer.ts";
import type { CompiledChain } from "../compile-chain.ts";
import { afterPass } from "./after-pass.ts";
import { columnsAfter, expressionAfter, type Follow, type Hazard, namesOf, sourceOf } from "./follow.ts";
import { withExpressions } from "./generated.ts";
import { mentions, renamed } from "./identifiers.ts";
import type { Leave } from "./leave.ts";
import { affinityAfter, plainColumn } from "./plain-column.ts";

/** What happened to a table's columns. `table`: null when all its rows went to another. */
export type TableFate = {
  readonly table: Table | null;
  /** Old name to new. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly gone: readonly string[];
  /** Those of the gone that the pipeline drops by name. */
  readonly dropped: readonly string[];
  /** Columns that a full-text table indexes. */
  readonly searched?: readonly string[];
};

/** `seen`: null before the pass; then what a function touched counts as kept, but for the rowid. */
export function mainTable(table: Table, chain: CompiledChain, leave: Leave, seen: Seen | null): TableFate {
  const shape = afterPass(chain.outputs[0], seen);
  const now = new Map<string, ShapeColumn>();
  for (const column of shape.columns)
    if (column.origin !== null && !now.has(foldName(column.origin))) now.set(foldName(column.origin), column);
  const follow: Follow = {
    table,
    now,
    gone: table.columns.map(({ name }) => name).filter((name) => !now.has(foldName(name))),
    dropped: chain.dropped,
    changed: namesOf(table, now, (column) => column.changed && column.byFunction !== true),
    byFunction: namesOf(table, now, (column) => column.byFunction === true),
    names: new Map(
      table.columns.flatMap(({ name }) => {
        const to = now.get(foldName(name))?.name;
        return to === undefined || to === name ? [] : [[name, to] as const];
      }),
    ),
    leave,
    seen,
    shape,
  };
  const { columns, anew } = withExpressions(
    shape.columns.map((column) => columnAfter(column, follow)),
    follow,
  );
  const keepsRowid = columns.some((column) => column.isRowid);
  const key =
    table.primaryKey === null
      ? null
      : columnsAfter(table.primaryKey, "the primary key", follow, { code: "UNIQUENESS_LOST", at: table.name });
  const bare: Table = {
    name: shape.table,
    sql: "",
    columns,
    primaryKey: key,
    primaryKeyCollations: key === null ? null : table.primaryKeyCollations,
    withoutRowid: false,
    strict: false,
    autoincrement: table.autoincrement && keepsRowid,
    sequence: keepsRowid ? table.sequence : null,
    rowidName: rowidName(columns.map(({ name }) => name)),
    uniques: [],
    conflictClauses: table.conflictClauses,
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
  return {
    table: {
      ...bare,
      uniques: table.uniques.flatMap((unique) => {
        const at = unique.name ?? `${table.name}_${unique.columns.join("_")}_key`;
        const what = `the unique constraint on ${unique.columns.join(", ")}`;
        const kept = columnsAfter(unique.columns, what, follow, { code: "UNIQUENESS_LOST", at });
        return kept === null ? [] : [{ ...unique, columns: kept }];
      }),
      indexes: table.indexes.flatMap((index) => indexAfter(index, follow)),
      foreignKeys: table.foreignKeys.flatMap((foreign) => {
        const at = `${table.name}.${foreign.columns[0]}`;
        const what = `the foreign key on ${foreign.columns.join(", ")}`;
        const kept = columnsAfter(foreign.columns, what, follow, { code: "FOREIGN_KEY_LOST", at });
        return kept === null ? [] : [{ ...foreign, columns: kept }];
      }),
      checks: table.checks.flatMap((check, i) => {
        // One hazard for each, so that none excuses another that is missing.
        const hazard = { code: "CHECK_LOST", at: `${table.name}.${check.name ?? `check${i + 1}`}` } as const;
        const what = `the check ${check.name ?? check.expression}`;
        const expression = expressionAfter(check.expression, true, what, follow, hazard);
        if (expression === null) return [];
        const touched = mentions(check.expression, [...follow.byFunction, ...anew]);
        if (touched === undefined || seen === null || seen.meets(bare, expression) !== false)
          return [{ ...check, expression }];
        leave(
          table.name,
          `${what} of ${table.name}`,
          `not every row meets it with the values of ${touched} now`,
          hazard,
        );
        return [];
      }),
    },
    renamed: follow.names,
    gone: follow.gone,
    dropped: follow.dropped,
    searched: table.columns.filter(({ searched }) => searched === true).map(({ name }) => name),
  };
}

/** All but what it is computed from. */
function columnAfter(column: ShapeColumn, follow: Follow): Column {
  const { table, leave, seen, shape } = follow;
  const values = seen?.column(shape.table, column.name);
  const source = sourceOf(column, follow);
  if (source === undefined) return plainColumn(column, values);
  const at = `${table.name}.${source.name}`;
  const { changed, byFunction } = column;
  // A function's values may be others; what new rows get is not of its making.
  const keepsDefault = !changed || byFunction === true;
  if (!keepsDefault && source.default !== null)
    leave(table.name, `the default of ${at}`, "its values are changed", { code: "DEFAULT_LOST", at });
  const isRowid =
    source.isRowid && (!changed || (byFunction === true && seen?.numbersRows(shape.table, column.name) === true));
  if (source.isRowid && !isRowid)
    leave(table.name, `the rowid key ${at}`, "its values are changed, so nothing numbers new rows");
  const isEmptied = source.notNull && values?.emptied === true;
  // A NULL in a key is asked about by the plan.
  if (isEmptied && table.primaryKey?.some((name) => sameName(name, source.name)) !== true)
    leave(table.name, `NOT NULL of ${at}`, "after the steps it holds NULL", { code: "CHECK_LOST", at });
  const { pgType: _, truth: __, ...rest } = source;
  return {
    ...rest,
    name: column.name,
    notNull: source.notNull && !isEmptied,
    declaredType: column.declaredType,
    ...(column.pgType === undefined ? {} : { pgType: column.pgType }),
    ...(column.truth === undefined ? {} : { truth: column.truth }),
    affinity: affinityAfter(column, source, values),
    default: keepsDefault ? source.default : null,
    isRowid,
    generated: null,
  };
}

function indexAfter(index: Index, follow: Follow): Index[] {
  const what = `the index ${index.name}`;
  const hazard: Hazard | undefined = index.unique ? { code: "UNIQUENESS_LOST", at: index.name } : undefined;
  const parts: IndexPart[] = [];
  for (const part of index.parts) {
    const column = part.column === null ? null : (columnsAfter([part.column], what, follow, hazard)?.[0] ?? undefined);
    const expression = part.expression === null ? null : expressionAfter(part.expression, false, what, follow, hazard);
    if (column === undefined || (part.expression !== null && expression === null)) return [];
    parts.push({ ...part, column, expression });
  }
  const where = index.where === null ? null : expressionAfter(index.where, true, what, follow, hazard);
  if (index.where !== null && where === null) return [];
  return [{ ...index, parts, where, sql: statementAfter(index.sql, follow.names) }];
}

/** PostgreSQL's own definition says more than the parts do, from USING on: its method, operator classes, INCLUDE. */
function statementAfter(sql: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return sql;
  const at = sql.indexOf(" USING ");
  return at < 0 ? "" : `${sql.slice(0, at)} USING ${renamed(sql.slice(at + 7), names)}`;
}
