/** From a column's name to its SQL, by SQLite's rules: nearest SELECT first, aliases after columns, unknown "names" are texts. */
import { foldName, sameName } from "../../core/schema/names.ts";
import type { ColumnKind } from "../parse/ast.ts";
import { type Context, columnNamed, type Frame, type VisibleColumn } from "./context.ts";
import { type Fragment, integerLiteral, textLiteral } from "./fragment.ts";
import { refuse } from "./translation.ts";

const rowidNames = new Set(["rowid", "_rowid_", "oid"]);

export function resolveColumn(node: ColumnKind, context: Context): Fragment {
  if (node.schema !== null && !sameName(node.schema, "main")) refuse(`the schema ${node.schema}`);
  for (let frame = context.frame; frame !== null; frame = frame.outer) {
    const found = inFrame(node, frame);
    if (found !== null) return frame === context.frame ? checkGrouped(found, context) : found.fragment;
    const alias =
      frame === context.frame && node.table === null ? context.aliases?.get(foldName(node.name)) : undefined;
    if (alias !== undefined) return context.expression(alias, { ...context, aliases: null });
  }
  if (node.quote === "" && /^(true|false)$/i.test(node.name)) return integerLiteral(/^t/i.test(node.name) ? 1n : 0n);
  if (node.quote === '"') {
    context.notes.add(`"${node.name}" is no column; it is taken for the text '${node.name}', as SQLite does`);
    return textLiteral(node.name);
  }
  const name = node.table === null ? node.name : `${node.table}.${node.name}`;
  return refuse(rowidNames.has(foldName(node.name)) ? `the rowid, by the name ${name}` : `the unknown column ${name}`);
}

/** The name the column was declared with, which is the name SQLite gives it in a result; null for no column. */
export function declaredName(node: ColumnKind, context: Context): string | null {
  for (let frame = context.frame; frame !== null; frame = frame.outer) {
    const found = inFrame(node, frame);
    if (found !== null) return found.name;
  }
  return null;
}

function inFrame(node: ColumnKind, frame: Frame): VisibleColumn | null {
  const tables = frame.tables.filter((table) => node.table === null || sameName(table.name, node.table));
  const found = tables
    .filter((table) => node.table !== null || !table.merged.has(foldName(node.name)))
    .map((table) => columnNamed(table, node.name))
    .filter((column) => column !== undefined);
  if (found.length > 1) refuse(`the ambiguous column ${node.name}`);
  if (found[0]) return found[0];
  const rowids = tables.map((table) => table.rowid).filter((column) => column !== null);
  return rowidNames.has(foldName(node.name)) && node.quote !== '"' && rowids.length === 1 ? (rowids[0] ?? null) : null;
}

/** SQLite takes such a column from any row of the group; PostgreSQL has no equal. */
function checkGrouped({ name, fragment }: VisibleColumn, context: Context): Fragment {
  if (context.grouped !== null && !context.grouped.has(fragment.sql))
    refuse(`the column ${name}, which is neither grouped by nor aggregated`);
  return fragment;
}
