/** One table: its columns, then its key, identity and constraints. Foreign keys and views come when every table is known. */

import type { Column, IndexPart, Table } from "../core/catalog.ts";
import { plural } from "../core/count.ts";
import { RowhaulError } from "../core/errors.ts";
import { foldName, sameName } from "../core/names.ts";
import type { CellRule, ColumnPlan, FinishStep, Identity, Key } from "../core/plan.ts";
import type { ColumnProfile, TableProfile } from "../core/profile.ts";
import type { TableSettings } from "../core/settings.ts";
import type { Scope, ScopeRelation } from "../sql/scope.ts";
import { translateDefault } from "../sql/translate-default.ts";
import { translateExpression } from "../sql/translate-expression.ts";
import { decideColumn } from "./column.ts";
import { byName, type Planning, tableSettings } from "./context.ts";
import { orphanRules } from "./foreign-keys.ts";
import { type IndexInput, isLong, planIndex, planOf, planUnique } from "./indexes.ts";
import { columnName, Names } from "./names.ts";
import { nameList, qualified, quoteName } from "./sql-text.ts";

export type Draft = {
  readonly table: Table;
  readonly target: string;
  readonly settings: TableSettings;
  readonly profile: TableProfile;
  readonly columns: readonly ColumnPlan[];
  readonly dropped: (column: string) => boolean;
  readonly scope: ScopeRelation;
};

/** PostgreSQL's limit; nothing can lift it. */
const maxColumns = 1600;

export function draftTable(table: Table, planning: Planning): Draft {
  const { input } = planning;
  const settings = tableSettings(input.settings, table.name);
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
  const orphans = orphanRules(table, planning);
  const columns = kept.map((column) => {
    const wanted = byName(settings.rename, column.name) ?? column.name;
    const name = columnName(wanted, names);
    if (name !== wanted)
      planning.notes.push({
        code: "NAME_CHANGED",
        at: `${table.name}.${column.name}`,
        message: `the column is named ${name} in the target`,
      });
    const plan = decideColumn(
      {
        table: table.name,
        column,
        profile: columnProfile(profile, column),
        settings: byName(settings.columns, column.name) ?? null,
        integers: column.isRowid ? "bigint" : input.settings.integers,
        keyed: isKeyed(table, column),
        target: name,
      },
      planning.hazards,
      planning.notes,
    );
    return withRules(table, plan, column, [
      ...keyRules(table, column, profile, planning),
      ...orphanRule(orphans, column),
    ]);
  });
  const keyColumns = table.primaryKey ?? [];
  const rowid = table.columns.find((column) => column.isRowid && !dropped(column.name));
  const scope: ScopeRelation = {
    source: table.name,
    target,
    rowid: rowid?.name ?? null,
    primaryKey: table.primaryKey !== null && keyColumns.every((column) => !dropped(column)) ? table.primaryKey : null,
    columns: kept.map((column, i) => ({
      source: column.name,
      target: columns[i]?.target ?? "",
      pgType: columns[i]?.pgType ?? "",
      collation: column.collation,
      affinity: column.affinity,
      encoding: columns[i]?.encoding ?? { kind: "text" },
      generated: column.generated !== null,
    })),
  };
  const computed = columns.map((plan, i) => computedColumn(plan, kept[i] as Column, table, scope, planning));
  return { table, target, settings, profile, columns: computed, dropped, scope };
}

export type TableParts = {
  /** Unique keys that a foreign key can point to, as source columns. */
  readonly keys: readonly (readonly string[])[];
  readonly create: string;
  readonly key: Key;
  readonly identity: Identity | null;
  readonly finish: FinishStep[];
};

export function planTable(draft: Draft, planning: Planning): TableParts {
  const { table, columns, dropped } = draft;
  const scope: Scope = scopeOf(draft.scope, planning);
  const relation = qualified(planning.input.staging, draft.target);
  const identity = identityOf(draft, planning);
  const lines = columns.map((plan) => columnLine(plan, draft, scope, identity, planning));
  const finish: FinishStep[] = [];
  const keys: (readonly string[])[] = [];
  const indexInput: IndexInput = {
    table,
    target: draft.target,
    columns,
    profile: draft.profile,
    scope,
    utf16: planning.input.catalog.encoding !== "UTF-8",
    dropped,
  };
  const primary = primaryKey(draft, indexInput, relation, planning);
  if (primary !== null) {
    finish.push(primary.step);
    if (primary.plain && table.primaryKey !== null) keys.push(table.primaryKey);
  }
  for (const unique of table.uniques) {
    const planned = planUnique(unique, indexInput, planning);
    if (planned !== null) finish.push(planned.step);
    if (planned?.plain === true) keys.push(unique.columns);
  }
  finish.push(...present(nocaseKey(indexInput, planning)));
  for (const index of table.indexes) {
    const step = planIndex(index, indexInput, planning);
    if (step !== null) finish.push(step);
    const named = index.parts.flatMap((part) =>
      part.column !== null && part.collation === "BINARY" ? [part.column] : [],
    );
    const plain = index.unique && index.where === null && named.length === index.parts.length;
    if (step !== null && plain && !isLong(index.parts, indexInput)) keys.push(named);
  }
  for (const [i, check] of table.checks.entries())
    finish.push(...present(planCheck(i, check, draft, scope, relation, planning)));
  if (identity !== null) finish.push(identityStep(identity, draft, planning));
  return {
    create: `CREATE TABLE ${relation} (\n  ${lines.join(",\n  ")}\n)`,
    key: keyOf(draft),
    identity,
    finish,
    keys,
  };
}

function columnProfile(profile: TableProfile, column: Column): ColumnProfile {
  const found = profile.columns[column.name];
  if (found === undefined) throw new Error(`No profile of the column ${column.name}`);
  return found;
}

/** A rename onto another column's name would give that one a name that nobody asked for. */
function refuseSameNames(table: Table, settings: TableSettings, kept: readonly Column[]): void {
  const wanted = kept.map((column) => byName(settings.rename, column.name) ?? column.name);
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RowhaulError("PLAN_INVALID", `${table.name}: two columns would be named "${twice}".`, {
      place: { table: table.name },
      hint: "Correct `rename` in the pipeline file.",
    });
  }
}

function checkNames(table: Table, settings: TableSettings): void {
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

function isKeyed(table: Table, column: Column): boolean {
  const keys = [
    table.primaryKey ?? [],
    ...table.uniques.map((unique) => unique.columns),
    ...table.indexes.filter((index) => index.unique).map((index) => index.parts.map((part) => part.column ?? "")),
    ...table.foreignKeys.map((key) => key.columns),
  ];
  return keys.some((columns) => columns.some((name) => sameName(name, column.name)));
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

function nullsInKey(table: Table, column: Column, profile: TableProfile): number {
  const inKey = table.primaryKey?.some((name) => sameName(name, column.name)) === true;
  return inKey && !column.isRowid ? (profile.columns[column.name]?.counts.null ?? 0) : 0;
}

function computedColumn(
  plan: ColumnPlan,
  column: Column,
  table: Table,
  scope: ScopeRelation,
  planning: Planning,
): ColumnPlan {
  if (column.generated === null) return plan;
  const at = `${table.name}.${column.name}`;
  const own = scope.columns.find((candidate) => candidate.source === column.name);
  const translated =
    own === undefined ? null : translateExpression(column.generated.expression, scopeOf(scope, planning), own);
  const objection =
    planning.input.refused.get(`generated:${at}`) ?? (translated?.ok === false ? translated.reason : null);
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
    message: `generated column ${at} AS (${column.generated.expression}): ${objection ?? "its values are treated by a rule"}`,
  });
  return plan;
}

function scopeOf(relation: ScopeRelation, planning: Planning): Scope {
  const { staging, catalog } = planning.input;
  return { schema: staging, relations: [relation], current: relation, encoding: catalog.encoding };
}

function columnLine(
  plan: ColumnPlan,
  draft: Draft,
  scope: Scope,
  identity: Identity | null,
  planning: Planning,
): string {
  const column = draft.table.columns.find((candidate) => candidate.name === plan.source) as Column;
  const name = quoteName(plan.target);
  const collate =
    plan.pgType === "text" &&
    planning.input.settings.target.collation === "binary" &&
    !planning.input.target.binaryOrder
      ? ' COLLATE "C"'
      : "";
  const notNull = column.notNull || column.isRowid ? " NOT NULL" : "";
  const own = scope.current?.columns.find((candidate) => candidate.source === plan.source);
  if (plan.computed && column.generated !== null && own !== undefined) {
    const expression = translateExpression(column.generated.expression, scope, own);
    if (expression.ok)
      return `${name} ${plan.pgType}${collate} GENERATED ALWAYS AS (${expression.sql}) STORED${notNull}`;
  }
  if (identity?.column === plan.target) {
    return `${name} ${plan.pgType} GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME ${qualified(planning.input.staging, identity.sequence)})`;
  }
  return `${name} ${plan.pgType}${collate}${defaultClause(plan, column, draft, planning)}${notNull}`;
}

function defaultClause(plan: ColumnPlan, column: Column, draft: Draft, planning: Planning): string {
  if (column.default === null || /^null$/i.test(column.default.trim())) return "";
  const at = `${draft.table.name}.${column.name}`;
  const translated = translateDefault(column.default, {
    pgType: plan.pgType,
    encoding: plan.encoding,
    affinity: column.affinity,
  });
  const objection = planning.input.refused.get(`default:${at}`) ?? (translated.ok ? null : translated.reason);
  if (translated.ok && objection === null) {
    planning.trials.push({
      id: `default:${at}`,
      sql: `ALTER TABLE ${qualified(planning.input.staging, draft.target)} ALTER COLUMN ${quoteName(plan.target)} SET DEFAULT ${translated.sql}`,
    });
    return ` DEFAULT ${translated.sql}`;
  }
  planning.hazards.meet({ code: "DEFAULT_LOST", at, message: `DEFAULT ${column.default}: ${objection}` });
  return "";
}

function primaryKey(
  draft: Draft,
  input: IndexInput,
  relation: string,
  planning: Planning,
): { step: FinishStep; plain: boolean } | null {
  const { table, columns, dropped } = draft;
  if (table.primaryKey === null) return null;
  const gone = table.primaryKey.filter(dropped);
  if (gone.length > 0) {
    planning.leftOut.push({ object: `primary key of ${table.name}`, reason: `the pipeline drops ${gone.join(", ")}` });
    return null;
  }
  const parts = keyParts(table, () => "BINARY");
  const long = isLong(parts, input);
  const objection = planning.input.refused.get(`primary:${table.name}`) ?? null;
  if (long || objection !== null) {
    const reason = objection ?? "its values are too long for an index entry; they are unique over their md5 instead";
    planning.hazards.meet({
      code: "UNIQUENESS_LOST",
      at: table.name,
      message: `primary key of ${table.name}: ${reason}`,
    });
    const index = { name: `${draft.target}_pkey`, unique: true, parts, where: null, sql: "" };
    const step = long && objection === null ? planIndex(index, input, planning, false) : null;
    return step === null ? null : { step, plain: false };
  }
  const targets = table.primaryKey.map((name) => planOf(name, { columns })?.target ?? name);
  const nullable = table.columns.some((column) => hasAcceptedNulls(table, column, draft.profile, planning));
  const name = planning.relationNames.claim(`${draft.target}_pkey`);
  const sql = nullable
    ? `CREATE UNIQUE INDEX ${quoteName(name)} ON ${relation} (${nameList(targets)})`
    : `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} PRIMARY KEY (${nameList(targets)})`;
  planning.trials.push({ id: `primary:${table.name}`, sql });
  const kind = nullable ? "unique" : "primary key";
  return { step: { id: `${table.name}/primary key`, kind, name, sql, stage: "keys" }, plain: true };
}

function hasAcceptedNulls(table: Table, column: Column, profile: TableProfile, planning: Planning): boolean {
  const at = `${table.name}.${column.name}`;
  const accepted = planning.hazards.found.some((h) => h.code === "NULL_IN_KEY" && h.at === at && h.policy === "unique");
  return accepted && nullsInKey(table, column, profile) > 0;
}

function keyParts(table: Table, collation: (i: number) => string): IndexPart[] {
  return (table.primaryKey ?? []).map((column, i) => ({
    column,
    expression: null,
    descending: false,
    collation: collation(i),
  }));
}

/** A NOCASE primary key is unique without regard to case besides. */
function nocaseKey(input: IndexInput, planning: Planning): FinishStep | null {
  const { table } = input;
  const parts = keyParts(table, (i) => table.primaryKeyCollations?.[i] ?? "BINARY");
  if (parts.every((part) => part.collation === "BINARY") || (table.primaryKey ?? []).some(input.dropped)) return null;
  const index = { name: `${input.target}_pkey_nocase`, unique: true, parts, where: null, sql: "" };
  return planIndex(index, input, planning, false);
}

function planCheck(
  position: number,
  check: Table["checks"][number],
  draft: Draft,
  scope: Scope,
  relation: string,
  planning: Planning,
): FinishStep | null {
  const id = `check:${draft.table.name}/${position}`;
  const label = `CHECK (${check.expression}) of ${draft.table.name}`;
  const translated = translateExpression(check.expression, scope, "condition");
  const name = new Names().claim(check.name ?? `${draft.target}_check${position + 1}`);
  const given = planning.hazards.givesUp("CHECK_LOST", `${draft.table.name}.${name}`)
    ? "given up in the pipeline file"
    : null;
  const objection = planning.input.refused.get(id) ?? (translated.ok ? given : translated.reason);
  if (!translated.ok || objection !== null) {
    planning.hazards.meet({ code: "CHECK_LOST", at: draft.table.name, message: `${label}: ${objection}` });
    return null;
  }
  for (const note of translated.notes)
    planning.notes.push({ code: "CHECK_TRANSLATED", at: draft.table.name, message: `${label}: ${note}` });
  const sql = `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} CHECK (${translated.sql})`;
  planning.trials.push({ id, sql: `ALTER TABLE ${relation} ADD CHECK (${translated.sql})` });
  return { id: `${draft.table.name}/check/${name}`, kind: "check", name, sql, stage: "keys" };
}

/** INTEGER PRIMARY KEY becomes an identity: the next value is one more than the larger of max(id) and sqlite_sequence. */
function identityOf(draft: Draft, planning: Planning): Identity | null {
  const column = draft.table.columns.find((candidate) => candidate.isRowid);
  const plan = column === undefined ? undefined : planOf(column.name, draft);
  if (column === undefined || plan === undefined || plan.encoding.kind !== "integer") return null;
  const largest = BigInt(draft.profile.lastRowid ?? 0);
  const used = BigInt(draft.table.sequence ?? 0);
  const after = (largest > used ? largest : used) + 1n;
  return {
    column: plan.target,
    sequence: planning.relationNames.claim(`${draft.target}_${plan.target}_seq`),
    next: String(after < 1n ? 1n : after),
  };
}

function identityStep(identity: Identity, draft: Draft, planning: Planning): FinishStep {
  const next = BigInt(identity.next);
  const type = planOf(draft.table.primaryKey?.[0] ?? "", draft)?.pgType;
  const last = { smallint: 2n ** 15n - 1n, integer: 2n ** 31n - 1n }[type ?? ""] ?? 2n ** 63n - 1n;
  const sequence = qualified(planning.input.staging, identity.sequence).replaceAll("'", "''");
  // At the very end of the range the sequence stands on its last value, and the next insert fails, as SQLite's AUTOINCREMENT does.
  const sql =
    next > last ? `SELECT setval('${sequence}', ${last}, true)` : `SELECT setval('${sequence}', ${next}, false)`;
  return { id: `${draft.table.name}/identity`, kind: "identity", name: identity.sequence, sql, stage: "keys" };
}

function keyOf(draft: Draft): Key {
  const { table, columns } = draft;
  const key = table.primaryKey ?? [];
  const plans = key.map((name) => planOf(name, { columns }));
  const usable =
    key.length > 0 &&
    plans.every((plan) => plan?.rules.every((rule) => rule.then === "quarantine") === true && !plan.computed);
  const nullable = key.some((name) => (draft.profile.columns[name]?.counts.null ?? 0) > 0);
  if (!usable || nullable) return { kind: "none", columns: [] };
  const [first] = plans;
  return {
    kind: plans.length === 1 && first?.encoding.kind === "integer" && first.rules.length === 0 ? "integer" : "other",
    columns: plans.map((plan) => plan?.source ?? ""),
  };
}

function present<T>(item: T | null): T[] {
  return item === null ? [] : [item];
}
