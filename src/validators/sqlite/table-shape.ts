/** A table whose CREATE TABLE is not word for word the source's: what it keeps of columns, keys and references. */

import type { TablePlan } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Both } from "./input.ts";

type Info = {
  readonly name: string;
  readonly notnull: bigint;
  readonly dflt_value: string | null;
  readonly pk: bigint;
  readonly hidden: bigint;
};

export function tableProblems(
  db: Both,
  source: Table,
  plan: TablePlan,
  lost: (code: string, at: string) => boolean,
): string[] {
  const info = db.prepare("SELECT * FROM pragma_table_xinfo(?, 'target')").all(plan.target) as Info[];
  const problems: string[] = [];
  const targetOf = (name: string): string | null =>
    plan.columns.find((column) => sameName(column.source, name))?.target ?? null;
  for (const column of plan.columns) {
    const made = info.find(({ name }) => sameName(name, column.target));
    const from = source.columns.find(({ name }) => sameName(name, column.source));
    if (made === undefined) problems.push(`The column ${column.target} is not in ${plan.target}.`);
    else if (from !== undefined) problems.push(...columnProblems(from, made, plan.target, source, lost));
  }
  const key = info
    .filter(({ pk }) => pk > 0n)
    .sort((a, b) => Number(a.pk - b.pk))
    .map(({ name }) => foldName(name));
  const wanted = (source.primaryKey ?? []).map((name) => foldName(targetOf(name) ?? "\0"));
  if (key.join("\0") !== wanted.join("\0") && !lost("UNIQUENESS_LOST", source.name))
    problems.push(`The primary key of ${plan.target} is (${key.join(", ")}).`);
  const uniques = uniqueColumns(db, plan.target);
  for (const { name, columns } of source.uniques) {
    if (columns.length === 1 && source.columns.some((one) => one.hiddenRowid === true && one.name === columns[0]))
      continue;
    const names = columns.map((one) => foldName(targetOf(one) ?? "\0")).join("\0");
    if (!uniques.includes(names) && !lost("UNIQUENESS_LOST", name ?? `${source.name} (${columns.join(", ")})`))
      problems.push(`UNIQUE (${columns.join(", ")}) is not in ${plan.target}.`);
  }
  const references = db
    .prepare('SELECT "from", "table" AS parent FROM pragma_foreign_key_list(?, \'target\')')
    .all(plan.target) as { from: string; parent: string }[];
  for (const reference of source.foreignKeys) {
    if (lost("FOREIGN_KEY_LOST", `${source.name}.${reference.columns.join(",")}`)) continue;
    const there = reference.columns.every((column) =>
      references.some(({ from }) => sameName(from, targetOf(column) ?? "\0")),
    );
    if (!there) problems.push(`The foreign key (${reference.columns.join(", ")}) is not in ${plan.target}.`);
  }
  return problems;
}

function columnProblems(
  from: Table["columns"][number],
  made: Info,
  table: string,
  source: Table,
  lost: (code: string, at: string) => boolean,
): string[] {
  const at = `${source.name}.${from.name}`;
  const problems: string[] = [];
  // An INTEGER PRIMARY KEY is never NULL, and need not say so.
  if (from.notNull && made.notnull === 0n && !from.isRowid) problems.push(`${table}.${made.name} takes NULL.`);
  if (from.generated !== null && made.hidden === 0n && !lost("GENERATED_LOST", at))
    problems.push(`${table}.${made.name} is not generated.`);
  const counts = /^nextval\(/i.test(from.default ?? "");
  if (from.default !== null && made.dflt_value === null && !counts && !lost("DEFAULT_LOST", at))
    problems.push(`${table}.${made.name} has no DEFAULT.`);
  return problems;
}

function uniqueColumns(db: Both, table: string): string[] {
  const indexes = db
    .prepare("SELECT name FROM pragma_index_list(?, 'target') WHERE \"unique\" = 1 AND partial = 0")
    .pluck()
    .all(table) as string[];
  return indexes.map((index) =>
    (
      db.prepare("SELECT name FROM pragma_index_info(?, 'target') ORDER BY seqno").pluck().all(index) as (
        | string
        | null
      )[]
    )
      .map((name) => foldName(name ?? ""))
      .join("\0"),
  );
}
