/**
 * Primary keys, unique constraints and indexes, each found by what it covers, not by its name. Only what an index has
 * beside columns is found by way of the plan: as PostgreSQL showed it when the plan was tried.
 */
import type { IndexDefinition } from "../../../core/plan/plan.ts";
import type { Index, IndexPart, Unique } from "../../../core/schema/catalog.ts";
import { type CheckedTable, sameList, targetName, targetNames } from "./checked-table.ts";
import type { TargetIndex } from "./target-objects.ts";

export async function checkKeys(checked: CheckedTable): Promise<void> {
  await checkPrimaryKey(checked);
  for (const unique of checked.declared.uniques) await checkUnique(checked, unique);
  for (const index of checked.declared.indexes) await checkIndex(checked, index);
}

async function checkPrimaryKey(checked: CheckedTable): Promise<void> {
  const { table, declared, actual, expectations } = checked;
  const columns = declared.primaryKey;
  if (columns === null || expectations.isLeftOut("primary key of", table.source)) return;
  const wanted = targetNames(table, columns);
  const key = actual.constraints.find((constraint) => constraint.kind === "p");
  await expectations.expect({
    table: table.source,
    what: `The primary key (${columns.join(", ")})`,
    holds: key !== undefined && sameList(wanted, key.columns),
    codes: ["NULL_IN_KEY:unique", "UNIQUENESS_LOST"],
    places: [`${table.source}.${columns.join(", ")}`, ...columns.map((c) => `${table.source}.${c}`), table.source],
  });
  const parts = partsOf(columns, declared.primaryKeyCollations);
  if (parts.every((part) => part.collation === "BINARY")) return;
  await expectations.expect({
    table: table.source,
    what: `The uniqueness of (${columns.join(", ")}) by ${parts.map((part) => part.collation).join(", ")}`,
    holds: actual.indexes.some((index) => index.unique && index.where === null && covers(checked, index, parts)),
    codes: ["UNIQUENESS_LOST"],
    places: [`${table.target}_pkey_nocase`, table.source],
  });
}

async function checkUnique(checked: CheckedTable, unique: Unique): Promise<void> {
  const { table, actual, expectations } = checked;
  const { columns } = unique;
  const parts = partsOf(columns, unique.collations);
  const given = unique.name ?? `${table.target}_${columns.join("_")}_key`;
  if (expectations.isLeftOut("unique constraint on", `${table.source}(${columns.join(", ")})`)) return;
  if (expectations.isLeftOut("index", given)) return;
  await expectations.expect({
    table: table.source,
    what: `The unique constraint (${columns.join(", ")})`,
    holds: actual.indexes.some((index) => index.unique && index.where === null && covers(checked, index, parts)),
    codes: ["UNIQUENESS_LOST"],
    places: placesOf(table.source, given, columns),
  });
}

async function checkIndex(checked: CheckedTable, declared: Index): Promise<void> {
  const { table, actual, expectations } = checked;
  if (expectations.isLeftOut("index", declared.name)) return;
  const plain = declared.where === null && declared.parts.every(({ column }) => column !== null);
  const planned = table.finish.find(({ name, place }) => (place ?? name) === declared.name);
  const found = actual.indexes.some(
    (index) =>
      (plain ? index.where === null : index.name === planned?.name && isDefined(index, planned.definition)) &&
      (index.unique || !declared.unique) &&
      covers(checked, index, declared.parts),
  );
  const columns = declared.parts.flatMap((part) => (part.column === null ? [] : [part.column]));
  await expectations.expect({
    table: table.source,
    what: `The ${declared.where === null ? "" : "partial "}${declared.unique ? "unique " : ""}index ${declared.name}`,
    holds: found,
    codes: declared.unique ? ["UNIQUENESS_LOST", "INDEX_LOST"] : ["INDEX_LOST"],
    places: placesOf(table.source, declared.name, columns),
  });
}

function placesOf(table: string, name: string, columns: readonly string[]): string[] {
  return [
    name,
    `${table}.${name}`,
    `${table}.${columns.join(", ")}`,
    ...columns.map((column) => `${table}.${column}`),
    table,
  ];
}

type Part = Pick<IndexPart, "column" | "collation">;

/** Plans of earlier versions do not know the definition. */
function isDefined(index: TargetIndex, definition: IndexDefinition | undefined): boolean {
  if (definition === undefined) return true;
  return (
    index.where === definition.where &&
    sameList(
      definition.parts,
      index.parts.map(({ sql }) => sql),
    )
  );
}

/**
 * Part by part; for what is an expression in the source, see {@link isDefined}. A text column under NOCASE or RTRIM must have become an
 * expression over it, for a plain one would let `A` and `a` both in; any other
 * may have (the digest of long texts).
 */
function covers(checked: CheckedTable, index: TargetIndex, parts: readonly Part[]): boolean {
  const { table, actual } = checked;
  if (!index.valid || index.parts.length !== parts.length) return false;
  return parts.every((part, i) => {
    const found = index.parts[i];
    if (found === undefined) return false;
    if (part.column === null) return true;
    const wanted = targetName(table, part.column);
    if (wanted === null) return false;
    if (found.column === null) return mentions(found.sql, wanted) && folds(found.sql, part.collation);
    const folded = part.collation !== "BINARY" && actual.columns.get(wanted)?.type === "text";
    return found.column === wanted && !folded;
  });
}

/** A constraint's own collations: `UNIQUE(name COLLATE NOCASE)` over a BINARY column, or the other way round. */
function partsOf(columns: readonly string[], collations: readonly string[] | null): Part[] {
  return columns.map((column, i) => ({ column, collation: collations?.[i] ?? "BINARY" }));
}

/** Whether the expression tells apart what the collation does. */
function folds(sql: string, collation: string): boolean {
  const [lower, rtrim] = [/\blower\(/.test(sql), /\brtrim\(/.test(sql)];
  return lower === (collation === "NOCASE") && rtrim === (collation === "RTRIM");
}

function mentions(sql: string, column: string): boolean {
  const escaped = column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^\\w"])("${escaped.replaceAll('"', '""')}"|${escaped})($|[^\\w"])`, "u").test(sql);
}
