/** Primary keys, unique constraints and indexes, each found by what it covers, not by its name. */
import type { Index, Unique } from "../../core/catalog.ts";
import { type CheckedTable, sameList, targetName, targetNames } from "./checked-table.ts";
import type { TargetIndex } from "./target-objects.ts";

export async function checkKeys(checked: CheckedTable): Promise<void> {
  await checkPrimaryKey(checked);
  for (const unique of checked.declared.uniques) await checkUnique(checked, unique);
  for (const index of checked.declared.indexes) await checkIndex(checked, index);
}

async function checkPrimaryKey({ table, declared, actual, expectations }: CheckedTable): Promise<void> {
  const columns = declared.primaryKey;
  if (columns === null) return;
  const wanted = targetNames(table, columns);
  const key = actual.constraints.find((constraint) => constraint.kind === "p");
  await expectations.expect({
    table: table.source,
    what: `The primary key (${columns.join(", ")})`,
    holds: key !== undefined && sameList(wanted, key.columns),
    codes: ["NULL_IN_KEY", "UNIQUENESS_LOST"],
    places: [`${table.source}.${columns.join(", ")}`, ...columns.map((c) => `${table.source}.${c}`), table.source],
  });
}

async function checkUnique(checked: CheckedTable, unique: Unique): Promise<void> {
  const { table, actual, expectations } = checked;
  const parts = unique.columns.map((column) => ({ column, expression: null }));
  await expectations.expect({
    table: table.source,
    what: `The unique constraint (${unique.columns.join(", ")})`,
    holds: actual.indexes.some((index) => index.unique && !index.partial && covers(checked, index, parts)),
    codes: ["UNIQUENESS_LOST"],
    places: placesOf(table.source, unique.name, unique.columns),
  });
}

async function checkIndex(checked: CheckedTable, declared: Index): Promise<void> {
  const { table, actual, expectations } = checked;
  if (expectations.isLeftOut("index", declared.name)) return;
  const found = actual.indexes.some(
    (index) =>
      index.partial === (declared.where !== null) &&
      (index.unique || !declared.unique) &&
      covers(checked, index, declared.parts),
  );
  const columns = declared.parts.flatMap((part) => (part.column === null ? [] : [part.column]));
  await expectations.expect({
    table: table.source,
    what: `The ${declared.where === null ? "" : "partial "}${declared.unique ? "unique " : ""}index ${declared.name}`,
    holds: found,
    codes: declared.unique ? ["UNIQUENESS_LOST", "INDEX_LOST"] : ["INDEX_LOST"],
    places: [declared.name, ...placesOf(table.source, declared.name, columns)],
  });
}

function placesOf(table: string, name: string | null, columns: readonly string[]): string[] {
  return [
    ...(name === null ? [] : [name, `${table}.${name}`]),
    `${table}.${columns.join(", ")}`,
    ...columns.map((column) => `${table}.${column}`),
    table,
  ];
}

/**
 * Part by part. A column may have become an expression over it (a NOCASE column
 * is indexed by its lower case), and an expression reads otherwise in
 * PostgreSQL: there it must only be an expression too.
 */
function covers(
  { table }: CheckedTable,
  index: TargetIndex,
  parts: readonly { column: string | null; expression: string | null }[],
): boolean {
  if (!index.valid || index.parts.length !== parts.length) return false;
  return parts.every((part, i) => {
    const actual = index.parts[i];
    if (actual === undefined) return false;
    if (part.column === null) return actual.column === null;
    const wanted = targetName(table, part.column);
    if (wanted === null) return false;
    return actual.column === null ? mentions(actual.sql, wanted) : actual.column === wanted;
  });
}

function mentions(sql: string, column: string): boolean {
  const escaped = column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^\\w"])("${escaped.replaceAll('"', '""')}"|${escaped})($|[^\\w"])`, "u").test(sql);
}
