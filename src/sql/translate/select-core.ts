/** One SELECT without ORDER BY: its columns, with a `*` written out, and the SQL around them. */

import { foldName, sameName } from "../../core/schema/names.ts";
import type { Expression, SelectCore, SelectItem } from "../parse/ast.ts";
import { hasAggregate } from "../parse/ast-walk.ts";
import { distinctable } from "./aggregate.ts";
import type { Context, VisibleTable } from "./context.ts";
import { asCondition, asValue } from "./convert.ts";
import type { Fragment } from "./fragment.ts";
import { translateFrom } from "./from.ts";
import { declaredName } from "./resolve-column.ts";
import { refuse } from "./translation.ts";

export type Core = {
  readonly pieces: readonly Fragment[];
  /** SQLite's names of the columns, before they are made unique. */
  readonly names: readonly string[];
  /** Those written with AS; null for the others. */
  readonly aliases: readonly (string | null)[];
  readonly distinct: boolean;
  readonly single: boolean;
  /** The SQL, given that of the SELECT list. */
  readonly render: (items: string) => string;
  /** An expression of this SELECT's ORDER BY. */
  readonly inside: (node: Expression) => Fragment;
};

type Column = { readonly piece: Fragment; readonly name: string; readonly alias: string | null };

/** VALUES is a SELECT for each row. */
export function translateCore(core: SelectCore, context: Context): Core[] {
  if (core.kind === "values") return core.rows.map((row) => valuesRow(row, context));
  if (core.hasWindows) return refuse("a WINDOW clause");
  const from = core.source === null ? null : translateFrom(core.source, context);
  const tables = from?.tables ?? [];
  const plain: Context = {
    ...context,
    frame: { tables, outer: context.frame },
    aliases: aliasesOf(core.items),
    grouped: null,
  };
  const where = core.where === null ? "" : ` WHERE ${asCondition(plain.expression(core.where, plain)).sql}`;
  const groups = core.groupBy.map((node) => group(node, core.items, plain));
  const selected = core.items.flatMap((item) => (item.kind === "item" ? [item.expression] : []));
  const aggregated = [...selected, ...(core.having ? [core.having] : [])].some(hasAggregate);
  const grouped = groups.length > 0 || aggregated ? groupedColumns(core.groupBy, groups, tables) : null;
  const inside: Context = { ...plain, grouped };
  const columns = core.items.flatMap((item) => columnsOf(item, tables, inside));
  const having = core.having === null ? "" : ` HAVING ${asCondition(inside.expression(core.having, inside)).sql}`;
  const groupBy = groups.length === 0 ? "" : ` GROUP BY ${groups.map((piece) => piece.sql).join(", ")}`;
  if (core.distinct) for (const { piece } of columns) distinctable(piece);
  return [
    {
      pieces: columns.map(({ piece }) => piece),
      names: columns.map(({ name }) => name),
      aliases: columns.map(({ alias }) => alias),
      distinct: core.distinct,
      single: aggregated && groups.length === 0,
      render: (items) =>
        `SELECT ${core.distinct ? "DISTINCT " : ""}${items}${from === null ? "" : ` FROM ${from.sql}`}${where}${groupBy}${having}`,
      inside: (node) => inside.expression(node, inside),
    },
  ];
}

function valuesRow(row: readonly Expression[], context: Context): Core {
  return {
    pieces: row.map((node) => asValue(context.expression(node, context))),
    names: row.map((_, i) => `column${i + 1}`),
    aliases: row.map(() => null),
    distinct: false,
    single: false,
    render: (items) => `SELECT ${items}`,
    inside: () => refuse("ORDER BY an expression over VALUES"),
  };
}

function aliasesOf(items: readonly SelectItem[]): Map<string, Expression> {
  const aliases = new Map<string, Expression>();
  for (const item of items)
    if (item.kind === "item" && item.alias !== null && !aliases.has(foldName(item.alias)))
      aliases.set(foldName(item.alias), item.expression);
  return aliases;
}

/** GROUP BY 2 means the second column. */
function group(node: Expression, items: readonly SelectItem[], context: Context): Fragment {
  if (node.kind !== "number" && node.kind !== "string") {
    const piece = context.expression(node, context);
    distinctable(piece);
    return piece.literal === null ? piece : refuse("GROUP BY a literal");
  }
  const item = node.kind === "number" ? items[Number(node.text) - 1] : undefined;
  if (item?.kind !== "item" || items.some((other) => other.kind === "star")) return refuse("this position in GROUP BY");
  const piece = context.expression(item.expression, context);
  distinctable(piece);
  return piece;
}

/** What may stand alone beside aggregates; null (anything: PostgreSQL will say) once an expression is grouped by. */
function groupedColumns(
  nodes: readonly Expression[],
  groups: readonly Fragment[],
  tables: readonly VisibleTable[],
): ReadonlySet<string> | null {
  const known = new Set(tables.flatMap((table) => table.columns.map((column) => column.fragment.sql)));
  if (nodes.some((_, i) => !known.has(groups[i]?.sql ?? ""))) return null;
  const allowed = new Set(groups.map((piece) => piece.sql));
  for (const table of tables)
    if (table.key?.every((sql) => allowed.has(sql)))
      for (const column of table.columns) allowed.add(column.fragment.sql);
  return allowed;
}

function columnsOf(item: SelectItem, tables: readonly VisibleTable[], context: Context): Column[] {
  if (item.kind === "star") return starColumns(item.table, tables, context);
  const { expression, alias, text } = item;
  const piece = asValue(context.expression(expression, context));
  const bare = expression.kind === "collate" ? expression.operand : expression;
  const declared = bare.kind === "column" ? declaredName(bare, context) : null;
  return [{ piece, name: alias ?? declared ?? text, alias }];
}

function starColumns(name: string | null, tables: readonly VisibleTable[], context: Context): Column[] {
  const meant = tables.filter((table) => name === null || sameName(table.name, name));
  if (meant.length === 0) return refuse(name === null ? "* without FROM" : `the unknown table ${name}`);
  return meant.flatMap((table) =>
    table.columns
      .filter((column) => name !== null || !table.merged.has(foldName(column.name)))
      .map((column) => {
        if (context.grouped !== null && !context.grouped.has(column.fragment.sql))
          refuse(`the column ${column.name}, which is neither grouped by nor aggregated`);
        return { piece: column.fragment, name: column.name, alias: null };
      }),
  );
}
