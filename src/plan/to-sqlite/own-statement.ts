/** Whether a table's CREATE TABLE text still says what the catalog says: a transform may have changed the table since. */
import type { Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { parseCreateTable } from "../../sql/parse/parse-create-table.ts";
import { SqlSyntaxError } from "../../sql/parse/syntax-error.ts";
import { tokenize } from "../../sql/parse/tokenize.ts";

export function isOwnStatement(table: Table): boolean {
  if (table.sql === "") return false;
  try {
    const facts = parseCreateTable(table.sql);
    const checks = facts.checks.length + facts.columns.reduce((sum, column) => sum + column.checks.length, 0);
    return (
      sameName(facts.name, table.name) &&
      facts.columns.length === table.columns.length &&
      facts.columns.every((column, i) => sameColumn(column, table.columns[i])) &&
      checks === table.checks.length &&
      facts.foreignKeys.length === table.foreignKeys.length &&
      // A UNIQUE that repeats another, or the key, has no index of its own.
      facts.uniques.length >= table.uniques.length &&
      facts.withoutRowid === table.withoutRowid &&
      declares(table)
    );
  } catch (thrown) {
    if (thrown instanceof SqlSyntaxError) return false;
    throw thrown;
  }
}

function sameColumn(
  facts: { readonly name: string; readonly generated: unknown; readonly default: string | null },
  column: Table["columns"][number] | undefined,
): boolean {
  return (
    column !== undefined &&
    column.pgType === undefined &&
    sameName(facts.name, column.name) &&
    (facts.generated === null) === (column.generated === null) &&
    (facts.default === null) === (column.default === null)
  );
}

/** The words of every declared type stand after the column's name. */
function declares(table: Table): boolean {
  const words = tokenize(table.sql);
  let at = 0;
  return table.columns.every(({ name, declaredType }) => {
    const type = tokenize(declaredType).slice(0, -1);
    const found = words.findIndex(
      (token, i) =>
        i >= at &&
        token.value === name &&
        type.every((part, n) => words[i + 1 + n]?.value.toUpperCase() === part.value.toUpperCase()),
    );
    at = found + 1;
    return found >= 0;
  });
}
