/** A table as it will be: its names, its columns and the treatment of their cells. Keys and constraints: table.ts. */

import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { CellRule, ColumnPlan } from "../../core/plan/plan.ts";
import type { ColumnProfile, TableProfile } from "../../core/plan/profile.ts";
import { qualified } from "../../core/quote.ts";
import type { Column, Table } from "../../core/schema/catalog.ts";
import { isKeyed } from "../../core/schema/key-columns.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { SelectedTable } from "../../core/selection.ts";
import type { Scope, ScopeRelation } from "../../sql/translate/scope.ts";
import { byName, type Planning, tableSettings } from "../context.ts";
import { columnName, Names } from "../names.ts";
import { beyondIntegers, beyondNumbers } from "./beyond-numbers.ts";
import { brokenCheckRules } from "./broken-checks.ts";
import { decideChosen } from "./chosen-types.ts";
import { decideColumn } from "./column.ts";
import { orphanRules } from "./foreign-keys.ts";
import { expressionOf, isPostgres } from "./from-postgres/carrying.ts";
import { joinedKey } from "./from-sqlite/joined-columns.ts";
import { wideRowRules } from "./wide-rows.ts";

export type Draft = {
  readonly table: Table;
  readonly target: string;
  readonly settings: SelectedTable;
  readonly profile: TableProfile;
  readonly columns: readonly ColumnPlan[];
  readonly dropped: (column: string) => boolean;
  readonly scope: ScopeRelation;
};

/** PostgreSQL's fixed limit. */
const maxColumns = 1600;

export function draftTable(table: Table, planning: Planning): Draft {
  const { input } = planning;
  const settings = tableSettings(input, table.name);
  checkNames(table, settings);
  const target = planning.relationNames.claim(settings.as ?? table.name, true);
  if (target !== (settings.as ?? table.name))
    planning.notes.push({
      code: "NAME_CHANGED",
      at: table.name,
      message: `the table is named ${target} in the target`,
    });
  const profile = input.profile.tables[table.name];
  if (profile === undefined) throw new Error(`No profile of ${table.name}`);
  const dropped = (column: string): boolean => settings.drop.some((name) => sameName(name, column));
  const kept = table.columns.filter((column) => !dropped(column.name));
  if (kept.length > maxColumns)
    throw new RowhaulError(
      "SOURCE_UNSUPPORTED",
      `${table.name} has ${kept.length} columns; PostgreSQL's limit is ${maxColumns}.`,
      { place: { table: table.name }, hint: "Leave columns out with `drop`." },
    );
  // PostgreSQL decides about conflicts in each INSERT, not in the table.
  for (const clause of table.conflictClauses)
    planning.leftOut.push({
      object: `${clause} of ${table.name}`,
      reason: "write INSERT … ON CONFLICT in the application",
    });
  for (const column of table.columns) {
    if (dropped(column.name))
      planning.leftOut.push({ object: `column ${table.name}.${column.name}`, reason: "dropped by the pipeline" });
  }
  if (kept.length === 0) {
    throw new RowhaulError("PLAN_INVALID", `${table.name}: the pipeline drops every column.`, {
      place: { table: table.name },
      hint: "Leave the table out with `exclude`.",
    });
  }
  refuseSameNames(table, settings, kept);
  const names = new Names();
  const orphans = [
    ...orphanRules(table, planning),
    ...brokenCheckRules(table, target, planning),
    ...wideRowRules(table, planning),
  ];
  const columns = kept.map((column) => {
    const wanted = byName(settings.rename, column.name) ?? column.name;
    const name = columnName(wanted, names);
    if (name !== wanted)
      planning.notes.push({
        code: "NAME_CHANGED",
        at: `${table.name}.${column.name}`,
        message: `the column is named ${name} in the target`,
      });
    const values = columnProfile(profile, column);
    const keyed = isKeyed(table, column);
    const fit = input.chosenFits?.get(table.name)?.columns[column.name];
    const plan =
      decideChosen(
        { table, column, profile: values, target: name, keyed, fit },
        input,
        planning.hazards,
        planning.notes,
      ) ??
      decideColumn(
        {
          table: table.name,
          column,
          profile: values,
          settings: byName(settings.columns, column.name) ?? null,
          integers: column.isRowid ? "bigint" : input.settings.integers,
          keyed,
          joined: planning.joined.get(joinedKey(table.name, column.name)),
          target: name,
        },
        planning.hazards,
        planning.notes,
      );
    askCollation(table, column, plan, planning);
    return withRules(table, plan, column, [
      ...keyRules(table, column, profile, planning),
      ...orphanRule(orphans, column),
    ]);
  });
  const keyColumns = table.primaryKey ?? [];
  const rowid = table.columns.find(
    (column) => (column.isRowid || column.hiddenRowid === true) && !dropped(column.name),
  );
  const scope: ScopeRelation = {
    source: table.name,
    target,
    rowid: rowid?.name ?? null,
    primaryKey: table.primaryKey !== null && keyColumns.every((column) => !dropped(column)) ? table.primaryKey : null,
    columns: scopeColumns(kept, columns),
  };
  const computed = columns.map((plan, i) => computedColumn(plan, kept[i] as Column, table, scope, planning, profile));
  return { table, target, settings, profile, columns: computed, dropped, scope };
}

/** SQLite's own are BINARY, NOCASE and RTRIM. */
function askCollation(table: Table, { name, collation }: Column, { pgType }: ColumnPlan, planning: Planning): void {
  if (pgType !== "text" || isPostgres(planning) || /^(BINARY|NOCASE|RTRIM)$/i.test(collation)) return;
  planning.hazards.meet({
    code: "COLLATION_LOST",
    at: `${table.name}.${name}`,
    message: `${table.name}.${name} is compared and sorted by the collation ${collation}, which only the application knows`,
  });
}

function columnProfile(profile: TableProfile, column: Column): ColumnProfile {
  const found = profile.columns[column.name];
  if (found === undefined) throw new Error(`No profile of the column ${column.name}`);
  return found;
}

/** A rename onto another column's name would force a new name on that one. */
function refuseSameNames(table: Table, settings: SelectedTable, kept: readonly Column[]): void {
  const wanted = kept.map((column) => byName(settings.rename, column.name) ?? column.name);
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RowhaulError("PLAN_INVALID", `${table.name}: two columns would be named "${twice}".`, {
      place: { table: table.name },
      hint: "Correct `rename` in the pipeline file.",
    });
  }
}

function checkNames(table: Table, settings: SelectedTable): void {
  const known = new Set(table.columns.map((column) => foldName(column.name)));
  const wrong = [...Object.keys(settings.rename), ...settings.drop, ...Object.keys(settings.columns)].filter(
    (name) => !known.has(foldName(name)),
  );
  if (wrong.length > 0)
    throw new RowhaulError(
      "PLAN_INVALID",
      `The table ${table.name} has no column ${wrong.map((name) => `"${name}"`).join(", ")}.`,
      { place: { table: table.name }, details: [`It has: ${table.columns.map((column) => column.name).join(", ")}`] },
    );
}

function withRules(table: Table, plan: ColumnPlan, column: Column, added: readonly CellRule[]): ColumnPlan {
  if (added.length === 0) return plan;
  const inKey = table.primaryKey?.some((name) => sameName(name, column.name)) === true;
  if ((column.notNull || inKey) && added.some((rule) => rule.then === "null")) {
    throw new RowhaulError(
      "PLAN_INVALID",
      `${table.name}.${column.name} is ${inKey ? "part of the primary key" : "NOT NULL"}, so orphans cannot be set to NULL.`,
      {
        hint: "Choose the policy `quarantine` or `not-valid`.",
      },
    );
  }
  return { ...plan, rules: [...added, ...plan.rules], arrives: "changed" };
}

function orphanRule(rules: readonly (readonly [string, CellRule])[], column: Column): CellRule[] {
  return rules.filter(([name]) => sameName(name, column.name)).map(([, rule]) => rule);
}

/** NULL in a primary key: SQLite allows it except in rowid aliases and WITHOUT ROWID tables. */
function keyRules(table: Table, column: Column, profile: TableProfile, planning: Planning): CellRule[] {
  const nulls = nullsInKey(table, column, profile);
  if (nulls === 0) return [];
  const policy = planning.hazards.meet({
    code: "NULL_IN_KEY",
    at: `${table.name}.${column.name}`,
    count: nulls,
    message: `${plural(nulls, "row has", "rows have")} NULL in the primary key`,
  });
  return policy === "quarantine" ? [{ code: "NULL_IN_KEY", when: { kind: "null" }, then: "quarantine" }] : [];
}

export function nullsInKey(table: Table, column: Column, profile: TableProfile): number {
  const inKey = table.primaryKey?.some((name) => sameName(name, column.name)) === true;
  return inKey && !column.isRowid ? (profile.columns[column.name]?.counts.null ?? 0) : 0;
}

function computedColumn(
  plan: ColumnPlan,
  column: Column,
  table: Table,
  scope: ScopeRelation,
  planning: Planning,
  profile: TableProfile,
): ColumnPlan {
  if (column.generated === null) return plan;
  const at = `${table.name}.${column.name}`;
  const own = scope.columns.find((candidate) => candidate.source === column.name);
  const translated =
    own === undefined
      ? null
      : expressionOf(column.generated.expression, table, scopeOf(scope, planning), planning, own);
  const notes = translated?.ok === true ? translated.notes : [];
  const given = planning.hazards.givesUp("GENERATED_LOST", at) ? "given up in the pipeline file" : null;
  const objection =
    planning.input.refused.get(`generated:${at}`) ??
    (translated?.ok === false ? translated.reason : null) ??
    given ??
    beyondNumbers(`generated:${at}`, notes, planning) ??
    beyondIntegers(notes, column, profile);
  if (translated?.ok === true && objection === null && plan.rules.length === 0) {
    planning.trials.push({
      id: `generated:${at}`,
      sql: `ALTER TABLE ${qualified(planning.input.staging, scope.target)} ADD COLUMN "rowhaul trial" ${plan.pgType} GENERATED ALWAYS AS (${translated.sql}) STORED`,
    });
    return { ...plan, computed: true, reason: `generated: ${column.generated.expression}` };
  }
  planning.hazards.meet({
    code: "GENERATED_LOST",
    at,
    message: `generated column ${at} AS (${column.generated.expression}): ${objection ?? "its values are treated by a rule"}${column.generated.kind === "virtual" ? `. It is computed whenever it is read, here by rowhaul's SQLite: another version may give other values` : ""}`,
  });
  return plan;
}

export function scopeOf(relation: ScopeRelation, planning: Planning): Scope {
  const { staging, catalog } = planning.input;
  return { schema: staging, relations: [relation], current: relation, encoding: catalog.encoding };
}

/** `plans`: of the same columns. */
export function scopeColumns(columns: readonly Column[], plans: readonly ColumnPlan[]): ScopeRelation["columns"] {
  return columns.map((column, i) => ({
    source: column.name,
    target: plans[i]?.target ?? "",
    pgType: plans[i]?.pgType ?? "",
    collation: column.collation,
    affinity: column.affinity,
    encoding: plans[i]?.encoding ?? { kind: "text" },
    generated: column.generated !== null,
  }));
}
