/** A column that a sequence fills becomes an identity that goes on where the source's sequence stands. */

import type { Identity } from "../../../core/plan/plan.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { postgresFacts } from "../../../core/schema/postgres-catalog.ts";
import type { Planning } from "../../context.ts";
import type { Draft } from "../draft-table.ts";
import { planOf } from "../indexes.ts";

export function carriedIdentity(draft: Draft, planning: Planning): Identity | null {
  const column = draft.table.columns.find((candidate) => isSequenced(candidate) && isInteger(candidate, draft));
  const plan = column === undefined ? undefined : planOf(column.name, draft);
  if (column === undefined || plan === undefined) return null;
  const increment = BigInt(incrementOf(draft.table.name, column.name, planning));
  // A sequence that counts down has no place in what proves an identity.
  if (increment < 1n) return null;
  const used = BigInt(draft.table.sequence ?? 0);
  const largest = BigInt(draft.profile.columns[column.name]?.integers?.max ?? 0);
  const next = largest > used ? largest + 1n : used + increment;
  return {
    column: plan.target,
    sequence: planning.relationNames.claim(`${draft.target}_${plan.target}_seq`),
    next: String(next < 1n ? 1n : next),
  };
}

/** How the column's line in CREATE TABLE says it: `ALWAYS` and the step, where they are not the usual ones. */
export function identityWords(draft: Draft, column: Column, planning: Planning): { when: string; options: string } {
  const facts = postgresFacts(planning.input.catalog);
  const own = facts?.identities.find((one) => one.table === draft.table.name && one.column === column.name);
  return {
    when: own?.always === true ? "ALWAYS" : "BY DEFAULT",
    options: own === undefined || own.increment === "1" ? "" : ` INCREMENT BY ${BigInt(own.increment)}`,
  };
}

export function isSequenced(column: Column): boolean {
  return /^nextval\(/i.test(column.default ?? "");
}

function isInteger(column: Column, draft: Draft): boolean {
  const plan = planOf(column.name, draft);
  return plan?.encoding.kind === "integer" && plan.rules.length === 0;
}

function incrementOf(table: string, column: string, planning: Planning): string {
  const facts = postgresFacts(planning.input.catalog);
  return facts?.identities.find((one) => one.table === table && one.column === column)?.increment ?? "1";
}
