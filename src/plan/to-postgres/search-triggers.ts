/**
 * The application's triggers that keep a full-text table in sync. Those of an external
 * content are replaced by the full-text table's own; those that copy rows into a table
 * with texts of its own are rewritten for PostgreSQL. Anything else is lost, and reported.
 */

import type { ColumnPlan, FinishStep, TablePlan } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { Trigger } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import {
  parseSyncTrigger,
  type RowValue,
  type SyncStatement,
  type SyncTrigger,
} from "../../sql/parse/parse-sync-trigger.ts";
import type { Planning } from "../context.ts";
import { Names } from "../names.ts";

export type PlannedTrigger =
  | { readonly kind: "replaced"; readonly by: string }
  | { readonly kind: "carried"; readonly step: FinishStep }
  | { readonly kind: "lost"; readonly reason: string };

/** `tables`: what the plan carries. */
export function planSearchTrigger(trigger: Trigger, tables: readonly TablePlan[], planning: Planning): PlannedTrigger {
  const parsed = parseSyncTrigger(trigger.sql);
  if (parsed === null) return lost("triggers are not translated");
  const owner = named(tables, trigger.table);
  const fed = parsed.statements.map((statement) => named(tables, statement.fullText));
  if (owner === undefined || fed.some((table) => table?.fullText === undefined))
    return lost(leftBehind(parsed, tables, planning) ?? "triggers are not translated");
  const external = fed.every((table) => table?.fullText?.content.kind === "external");
  if (external) return replaced(parsed, owner, tables);
  const statements = parsed.statements.map((statement) => written(statement, owner, tables, planning));
  const failed = statements.find((statement) => "reason" in statement);
  if (failed !== undefined && "reason" in failed) return lost(failed.reason);
  const body = statements.map((statement) => ("sql" in statement ? statement.sql : ""));
  return { kind: "carried", step: carried(trigger, parsed, owner, body, planning) };
}

function lost(reason: string): PlannedTrigger {
  return { kind: "lost", reason };
}

/** A full-text table that stays behind needs no trigger; a note says so. */
function leftBehind({ statements }: SyncTrigger, tables: readonly TablePlan[], planning: Planning): string | null {
  const behind = statements.find(
    ({ fullText }) =>
      named(tables, fullText) === undefined &&
      planning.input.catalog.virtualTables.some(({ name }) => sameName(name, fullText)),
  );
  return behind === undefined ? null : `it only kept ${behind.fullText} true, which is not moved`;
}

function named(tables: readonly TablePlan[], name: string): TablePlan | undefined {
  return tables.find((table) => sameName(table.source, name));
}

/** The full-text table's own triggers do the same, provided that these took the content's own columns by their names. */
function replaced(parsed: SyncTrigger, owner: TablePlan, tables: readonly TablePlan[]): PlannedTrigger {
  for (const { fullText, kind, rowid, values } of parsed.statements) {
    const table = named(tables, fullText);
    const content = table?.fullText?.content;
    if (table === undefined || content?.kind !== "external" || !sameName(content.table, owner.source))
      return lost(`it feeds ${fullText} from another table than its content`);
    const plain =
      (kind === "add" || kind === "replace" || kind === "forget") &&
      isKey(rowid.column, content.rowid, owner) &&
      values.every(({ column, value }) => sameName(column, value.column));
    if (!plain) return lost(`it does not put the columns of ${owner.source} into ${fullText} as they are`);
  }
  return { kind: "replaced", by: named(tables, parsed.statements[0]?.fullText ?? "")?.source ?? "" };
}

function isKey(column: string, rowid: string, owner: TablePlan): boolean {
  const hidden = /^(rowid|_rowid_|oid)$/i;
  const key = owner.key.kind === "integer" ? owner.key.columns[0] : undefined;
  const alias = (name: string): string => (hidden.test(name) && key !== undefined ? foldName(key) : foldName(name));
  return alias(column) === alias(rowid) || (hidden.test(column) && hidden.test(rowid));
}

type Written = { readonly sql: string } | { readonly reason: string };

function written(
  { fullText, kind, rowid, values }: SyncStatement,
  owner: TablePlan,
  tables: readonly TablePlan[],
  planning: Planning,
): Written {
  const table = named(tables, fullText);
  if (table?.fullText?.content.kind !== "own") return { reason: `${fullText} keeps no texts that it could write` };
  if (kind === "forget") return { reason: `'delete' is no command of ${fullText}` };
  const into = qualified(planning.input.settings.target.schema, table.target);
  const number = cell(rowid, owner, "bigint");
  const cells = values.map(({ column, value }) => {
    const target = table.columns.find((one) => sameName(one.source, column));
    return { target, text: target === undefined ? null : cell(value, owner, target.pgType) };
  });
  if (number === null || cells.some(({ text }) => text === null))
    return { reason: `the values that it puts into ${fullText} have other types in PostgreSQL` };
  const names = cells.map(({ target }) => quoteName(target?.target ?? ""));
  const key = quoteName(table.columns[0]?.target ?? "rowid");
  switch (kind) {
    case "delete":
      return { sql: `DELETE FROM ${into} WHERE ${key} = ${number}` };
    case "update":
      return {
        sql: `UPDATE ${into} SET ${cells.map(({ text }, i) => `${names[i]} = ${text}`).join(", ")} WHERE ${key} = ${number}`,
      };
    default:
      return {
        sql: `INSERT INTO ${into} (${[key, ...names].join(", ")}) VALUES (${[number, ...cells.map(({ text }) => text)].join(", ")})${kind === "replace" ? replacing(key, table) : ""}`,
      };
  }
}

/** Columns that the statement does not name become null, as in SQLite. */
function replacing(key: string, { columns }: TablePlan): string {
  const others = columns.map(({ target }) => quoteName(target)).filter((column) => column !== key);
  return ` ON CONFLICT (${key}) DO UPDATE SET ${others.map((column) => `${column} = EXCLUDED.${column}`).join(", ")}`;
}

/** A value of the changed row as the full-text table's column has it; null where SQLite's text of it would be another. */
function cell({ row, column }: RowValue, owner: TablePlan, pgType: string): string | null {
  const plan = columnOf(owner, column);
  if (plan === undefined) return null;
  const value = `${row.toUpperCase()}.${quoteName(plan.target)}`;
  if (plan.pgType === pgType) return value;
  const kinds = ["text", "rendered", "integer"];
  return kinds.includes(plan.encoding.kind) ? `${value}::${pgType}` : null;
}

function columnOf(owner: TablePlan, name: string): ColumnPlan | undefined {
  const found = owner.columns.find((column) => sameName(column.source, name));
  if (found !== undefined || !/^(rowid|_rowid_|oid)$/i.test(name) || owner.key.kind !== "integer") return found;
  return owner.columns.find((column) => column.source === owner.key.columns[0]);
}

/** One function and one trigger, in one step. */
function carried(
  trigger: Trigger,
  { event }: SyncTrigger,
  owner: TablePlan,
  body: readonly string[],
  planning: Planning,
): FinishStep {
  const { staging } = planning.input;
  const name = new Names().claim(trigger.name);
  const run = staging.replace(/^rowhaul_staging_/, "");
  const own = qualified(planning.input.settings.search.schema, new Names().claim(`${trigger.name} ${run}`));
  const block = `BEGIN\n  ${body.join(";\n  ")};\n  RETURN NULL;\nEND`;
  const tag = ["$do$", "$rowhaul$", `$rowhaul_${run}$`].find((one) => !block.includes(one)) ?? "$_$";
  const sql = `CREATE FUNCTION ${own}() RETURNS trigger LANGUAGE plpgsql AS ${tag}
${block} ${tag};
CREATE TRIGGER ${quoteName(name)} AFTER ${event.toUpperCase()} ON ${qualified(staging, owner.target)} FOR EACH ROW EXECUTE FUNCTION ${own}()`;
  return { id: `${owner.source}/trigger/${name}`, kind: "full text", name, sql, stage: "references" };
}
