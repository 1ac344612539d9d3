/** FROM: its SQL, and the tables whose columns it brings into sight. Every relation is qualified and given an alias. */
import { quoteName } from "../../core/quote.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Source } from "../parse/ast.ts";
import { compare } from "./comparison.ts";
import { type Context, columnNamed, type VisibleColumn, type VisibleTable } from "./context.ts";
import { asCondition } from "./convert.ts";
import { type Fragment, fragment, wrap } from "./fragment.ts";
import { findRelation, type ScopeColumn, type ScopeRelation } from "./scope.ts";
import { refuse } from "./translation.ts";
import { columnType } from "./value-type.ts";

export type From = { readonly sql: string; readonly tables: readonly VisibleTable[] };

export function translateFrom(source: Source, context: Context): From {
  switch (source.kind) {
    case "table":
      return named(source, context);
    case "function":
      return refuse(`the table function ${source.name}()`);
    case "subquery": {
      const { sql, columns } = context.select(source.select, context);
      const alias = source.alias ?? `subquery_${source.from}`;
      return { sql: `(${sql}) AS ${quoteName(alias)}`, tables: [table(alias, columns)] };
    }
    case "join":
      return join(source, context);
  }
}

/** A relation's columns as an expression sees them: qualified by `alias`, or bare where null. */
export function relationTable(relation: ScopeRelation, alias: string | null): VisibleTable {
  const columns = relation.columns.map((column) => visible(column, alias));
  const made = { ...table(relation.source, []), name: alias ?? relation.source, columns };
  const rowid = relation.rowid === null ? null : (columnNamed(made, relation.rowid) ?? null);
  const key = relation.primaryKey?.map((name) => columnNamed(made, name)?.fragment.sql ?? "") ?? null;
  return { ...made, rowid, key };
}

function visible(column: ScopeColumn, alias: string | null): VisibleColumn {
  const { pgType, affinity, encoding } = column;
  const sql = `${alias === null ? "" : `${quoteName(alias)}.`}${quoteName(column.target)}`;
  const collation = column.collation.toUpperCase();
  return {
    name: column.source,
    fragment: fragment(sql, columnType(column), { atom: true, pgType, affinity, encoding, collation }),
  };
}

function named(source: Extract<Source, { kind: "table" }>, context: Context): From {
  const alias = source.alias ?? source.name;
  const common = source.schema === null ? context.common.get(foldName(source.name)) : undefined;
  if (common === null) return refuse(`the WITH table ${source.name}, which refers to itself or to a later one`);
  if (common !== undefined)
    return { sql: `${quoteName(foldName(source.name))} AS ${quoteName(alias)}`, tables: [table(alias, common)] };
  if (source.schema !== null && !sameName(source.schema, "main")) return refuse(`the schema ${source.schema}`);
  const relation = findRelation(context.scope, source.name);
  if (relation === undefined) return refuse(`the relation ${source.name}, which is not in the target`);
  const sql = `${quoteName(context.scope.schema)}.${quoteName(relation.target)} AS ${quoteName(alias)}`;
  return { sql, tables: [relationTable(relation, alias)] };
}

function table(name: string, columns: readonly VisibleColumn[]): VisibleTable {
  const qualified = columns.map((column) => ({
    name: column.name,
    fragment: { ...column.fragment, sql: `${quoteName(name)}.${column.fragment.sql}`, atom: true },
  }));
  return { name, columns: qualified, rowid: null, merged: new Set(), key: null };
}

function join(source: Extract<Source, { kind: "join" }>, context: Context): From {
  const left = translateFrom(source.left, context);
  const right = translateFrom(source.right, context);
  const right_ = source.right.kind === "join" ? `(${right.sql})` : right.sql;
  const shared = source.natural ? sharedNames(left, right) : source.using;
  if (shared !== null && source.type !== "INNER" && source.type !== "LEFT")
    return refuse(`${source.type} JOIN with USING or NATURAL`);
  const conditions = (shared ?? []).map((name) => compare("=", single(left, name), single(right, name), context.scope));
  const merged = new Set((shared ?? []).map(foldName));
  const tables = [
    ...left.tables,
    ...right.tables.map((seen) => ({ ...seen, merged: new Set([...seen.merged, ...merged]) })),
  ];
  if (source.on !== null)
    conditions.push(
      asCondition(context.expression(source.on, { ...context, frame: { tables, outer: context.frame } })),
    );
  if (conditions.length === 0 && source.type === "INNER") return { sql: `${left.sql} CROSS JOIN ${right_}`, tables };
  const [only] = conditions;
  const condition = conditions.length === 1 && only ? only.sql : conditions.map(wrap).join(" AND ") || "TRUE";
  const word = source.type === "INNER" ? "JOIN" : `${source.type} JOIN`;
  return { sql: `${left.sql} ${word} ${right_} ON ${condition}`, tables };
}

function sharedNames(left: From, right: From): string[] {
  const names = (from: From): string[] => from.tables.flatMap((seen) => seen.columns.map((column) => column.name));
  const onRight = new Set(names(right).map(foldName));
  return [...new Set(names(left).map(foldName))].filter((name) => onRight.has(name));
}

function single(from: From, name: string): Fragment {
  const found = from.tables
    .filter((seen) => !seen.merged.has(foldName(name)))
    .map((seen) => columnNamed(seen, name))
    .filter((column) => column !== undefined);
  if (found.length !== 1 || !found[0]) return refuse(`USING (${name}), which is not one column on each side`);
  return found[0].fragment;
}
