/** SELECT as a whole: WITH, compound operators, ORDER BY and LIMIT around the single SELECTs. */

import { quoteName } from "../../core/quote.ts";
import { foldName } from "../../core/schema/names.ts";
import type { Expression, OrderTerm, Select } from "../parse/ast.ts";
import { distinctable } from "./aggregate.ts";
import { cutName, uniqueNames } from "./column-names.ts";
import type { Context, SelectResult, VisibleColumn } from "./context.ts";
import { unify } from "./convert.ts";
import { type Fragment, fragment } from "./fragment.ts";
import { orderTerm } from "./order.ts";
import { type Core, translateCore } from "./select-core.ts";
import { refuse } from "./translation.ts";

export function translateSelect(select: Select, outer: Context): SelectResult {
  const { context, sql: withs } = commonTables(select, { ...outer, aliases: null, grouped: null });
  const cores = select.arms.flatMap(({ core }) => translateCore(core, context));
  const rows = cores.length > select.arms.length;
  if (rows && select.arms.length > 1) return refuse("VALUES with several rows in a compound SELECT");
  const ops = rows ? cores.map(() => "UNION ALL" as const) : select.arms.map(({ op }) => op);
  const columns = unified(
    cores,
    ops.some((op) => op !== null && op !== "UNION ALL"),
  );
  const names = uniqueNames(cores[0]?.names ?? []);
  const written = names.map((name) => cutName(name, context.notes));
  const shown = columns.map((pieces, i) => result(names[i] ?? "", written[i] ?? "", pieces[0] as Fragment));
  const limit = limits(select);
  const [only] = cores;
  if (cores.length === 1 && only && !only.distinct) {
    const body = only.render(items(columns, 0, written));
    const order = orderBy(
      select.orderBy.map((term) =>
        orderTerm(term, outputOf(term, only) ?? only.inside(term.expression), context.scope),
      ),
    );
    return { sql: `${withs}${body}${order}${limit}`, columns: shown, single: only.single };
  }
  const body = cores
    .map((core, i) => core.render(items(columns, i, written)))
    .reduce((left, right, i) => `${i > 1 ? `(${left})` : left} ${ops[i]} ${right}`);
  if (select.orderBy.length === 0) return { sql: `${withs}${body}${limit}`, columns: shown, single: false };
  // PostgreSQL orders a compound or DISTINCT by its output's names only, so the rest needs a SELECT around it.
  const terms = select.orderBy.map((term) =>
    orderTerm(term, shown[position(term, cores)]?.fragment ?? refuse("ORDER BY what is not selected"), context.scope),
  );
  return { sql: `${withs}SELECT * FROM (${body}) AS "result"${orderBy(terms)}${limit}`, columns: shown, single: false };
}

function commonTables(select: Select, outer: Context): { context: Context; sql: string } {
  if (select.with.length === 0) return { context: outer, sql: "" };
  const common = new Map(outer.common);
  for (const { name } of select.with) common.set(foldName(name), null);
  const context = { ...outer, common };
  const parts = select.with.map((table) => {
    const { sql, columns } = translateSelect(table.select, context);
    if (table.columns !== null && table.columns.length !== columns.length) refuse(`the columns of ${table.name}`);
    const names = table.columns?.map(quoteName);
    common.set(
      foldName(table.name),
      columns.map((column, i) => {
        const name = table.columns?.[i] ?? column.name;
        return { name, fragment: { ...column.fragment, sql: names?.[i] ?? column.fragment.sql } };
      }),
    );
    return `${quoteName(foldName(table.name))}${names ? ` (${names.join(", ")})` : ""} AS (${sql})`;
  });
  return { context, sql: `WITH ${parts.join(", ")} ` };
}

/** By column, the pieces of every arm, brought to one type. */
function unified(cores: readonly Core[], tellsApart: boolean): Fragment[][] {
  const width = cores[0]?.pieces.length ?? 0;
  if (cores.some((core) => core.pieces.length !== width)) refuse("a compound SELECT of different widths");
  return Array.from({ length: width }, (_, i) => {
    const pieces = cores.map((core) => core.pieces[i] as Fragment);
    const same = cores.length > 1 ? unify(pieces, "a compound SELECT") : pieces;
    if (tellsApart) same.forEach(distinctable);
    return same;
  });
}

function items(columns: readonly Fragment[][], arm: number, names: readonly string[]): string {
  return columns.map((pieces, i) => `${pieces[arm]?.sql} AS ${quoteName(names[i] ?? "")}`).join(", ");
}

/** The column as the SELECT's user sees it. */
function result(name: string, written: string, piece: Fragment): VisibleColumn {
  const { type, pgType, affinity, encoding, collation, looks } = piece;
  const made = fragment(quoteName(written), type === "null" ? "text" : type, {
    atom: true,
    pgType,
    affinity,
    encoding,
    collation,
    looks,
  });
  return { name, fragment: made };
}

/** ORDER BY 2 and ORDER BY alias mean the SELECT list's; null for any other expression. */
function outputOf(term: OrderTerm, core: Core): Fragment | null {
  const at = listed(term.expression, core);
  return at === null ? null : (core.pieces[at] ?? refuse("ORDER BY a position that is not there"));
}

function position(term: OrderTerm, cores: readonly Core[]): number {
  for (const core of cores) {
    const at = listed(term.expression, core) ?? nameIndex(term.expression, core.names);
    if (at !== null) return at;
  }
  const [first] = cores;
  if (cores.length > 1 || !first) return -1;
  const { sql } = first.inside(term.expression);
  return first.pieces.findIndex((piece) => piece.sql === sql);
}

function listed(node: Expression, core: Core): number | null {
  if (node.kind === "number" && /^\d+$/.test(node.text)) return Number(node.text) - 1;
  return nameIndex(node, core.aliases);
}

function nameIndex(node: Expression, names: readonly (string | null)[]): number | null {
  if (node.kind !== "column" || node.table !== null) return null;
  const at = names.findIndex((name) => name !== null && foldName(name) === foldName(node.name));
  return at < 0 ? null : at;
}

function orderBy(terms: readonly string[]): string {
  return terms.length === 0 ? "" : ` ORDER BY ${terms.join(", ")}`;
}

/** A negative LIMIT is none, a negative OFFSET is 0. */
function limits(select: Select): string {
  const limit = count(select.limit);
  const offset = count(select.offset);
  return `${limit === null ? "" : ` LIMIT ${limit}`}${offset === null ? "" : ` OFFSET ${offset}`}`;
}

function count(node: Expression | null): string | null {
  if (node === null) return null;
  if (node.kind === "number" && /^\d+$/.test(node.text)) return node.text;
  const negative = node.kind === "unary" && node.op === "-" && node.operand.kind === "number";
  return negative ? null : refuse("LIMIT or OFFSET by an expression");
}
