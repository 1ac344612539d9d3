/** Completes a table's draft with DDL, key, identity and constraints. Foreign keys and views need all tables, and come later. */

import type { FinishStep, Identity, Key } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { Scope } from "../../sql/translate/scope.ts";
import type { Planning } from "../context.ts";
import { brokenCheckPolicy, checkName } from "./broken-checks.ts";
import { columnLine } from "./column-ddl.ts";
import { type Draft, scopeOf } from "./draft-table.ts";
import { expressionOf, isPostgres } from "./from-postgres/carrying.ts";
import { commentSql, isNotValid } from "./from-postgres/facts.ts";
import { carriedConstraints } from "./from-postgres/indexes.ts";
import { identityOf, identityStep } from "./identity.ts";
import type { IndexInput } from "./index-input.ts";
import { isLong, planIndex, planOf, planUnique } from "./indexes.ts";
import { noteLooserKeys } from "./looser-keys.ts";
import { nocaseKey, primaryKey } from "./primary-key.ts";

export type TableParts = {
  /** Unique keys that a foreign key can point to, as source columns. */
  readonly keys: readonly (readonly string[])[];
  readonly create: string;
  readonly key: Key;
  readonly identity: Identity | null;
  readonly finish: FinishStep[];
};

/** `more`: lines for columns that the target fills by itself. */
export function planTable(draft: Draft, planning: Planning, more: readonly string[] = []): TableParts {
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
    fits: isPostgres(planning),
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
  finish.push(...carriedConstraints(indexInput, planning));
  for (const [i, check] of table.checks.entries())
    finish.push(...present(planCheck(i, check, draft, scope, relation, planning)));
  if (identity !== null) finish.push(identityStep(identity, draft, planning));
  noteLooserKeys(draft, planning);
  return {
    create: [
      `CREATE TABLE ${relation} (\n  ${[...lines, ...more].join(",\n  ")}\n)`,
      ...commentSql(draft, planning),
    ].join(";\n"),
    key: keyOf(draft),
    identity,
    finish,
    keys,
  };
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
  const translated = expressionOf(check.expression, draft.table, scope, planning, "condition");
  const name = checkName(check, position, draft.target);
  const own = `${draft.table.name}.${name}`;
  const given = planning.hazards.givesUp("CHECK_LOST", own) ? "given up in the pipeline file" : null;
  const objection = planning.input.refused.get(id) ?? (translated.ok ? given : translated.reason);
  if (!translated.ok || objection !== null) {
    // An entry that names this check alone is no answer for the table's others.
    const at = given === null ? draft.table.name : own;
    planning.hazards.meet({ code: "CHECK_LOST", at, message: `${label}: ${objection}` });
    return null;
  }
  for (const note of translated.notes)
    planning.notes.push({ code: "CHECK_TRANSLATED", at: draft.table.name, message: `${label}: ${note}` });
  const broken = brokenCheckPolicy(draft.table, position, draft.target, planning) === "not-valid";
  const notValid = broken || isNotValid(check.name, draft.table.name, planning) ? " NOT VALID" : "";
  const sql = `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} CHECK (${translated.sql})${notValid}`;
  planning.trials.push({ id, sql: `ALTER TABLE ${relation} ADD CHECK (${translated.sql})` });
  return { id: `${draft.table.name}/check/${name}`, kind: "check", name, sql, stage: "keys" };
}

/** What identifies a row of the table. */
export function keyOf(draft: Draft): Key {
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
