import type { FinishStep, Identity } from "../../core/plan/plan.ts";
import { qualified, quoteLiteral } from "../../core/quote.ts";
import type { Planning } from "../context.ts";
import type { Draft } from "./draft-table.ts";
import { isPostgres } from "./from-postgres/carrying.ts";
import { carriedIdentity } from "./from-postgres/identity.ts";
import { planOf } from "./indexes.ts";

/** INTEGER PRIMARY KEY, and a hidden rowid that is taken along, becomes an identity: the next value is one more than the larger of max(id) and sqlite_sequence. */
export function identityOf(draft: Draft, planning: Planning): Identity | null {
  if (isPostgres(planning)) return carriedIdentity(draft, planning);
  const column = draft.table.columns.find((candidate) => candidate.isRowid || candidate.hiddenRowid === true);
  const plan = column === undefined ? undefined : planOf(column.name, draft);
  if (column === undefined || plan === undefined || plan.encoding.kind !== "integer") return null;
  const largest = BigInt(draft.profile.lastRowid ?? 0);
  const used = BigInt(draft.table.sequence ?? 0);
  const after = (largest > used ? largest : used) + 1n;
  if (after > 2n ** 63n - 1n)
    planning.notes.push({
      code: "IDENTITY_EXHAUSTED",
      at: `${draft.table.name}.${column.name}`,
      message: `the last number, ${2n ** 63n - 1n}, is taken, so the next INSERT without one fails${draft.table.autoincrement ? ", as in SQLite" : "; SQLite would look for a number that is free"}`,
    });
  return {
    column: plan.target,
    sequence: planning.relationNames.claim(`${draft.target}_${plan.target}_seq`),
    next: String(after < 1n ? 1n : after),
  };
}

export function identityStep(identity: Identity, draft: Draft, planning: Planning): FinishStep {
  const next = BigInt(identity.next);
  const type = draft.columns.find((column) => column.target === identity.column)?.pgType;
  const last = { smallint: 2n ** 15n - 1n, integer: 2n ** 31n - 1n }[type ?? ""] ?? 2n ** 63n - 1n;
  const sequence = quoteLiteral(qualified(planning.input.staging, identity.sequence));
  // At the very end of the range the sequence stands on its last value, and the next insert fails, as SQLite's AUTOINCREMENT does.
  const sql = next > last ? `SELECT setval(${sequence}, ${last}, true)` : `SELECT setval(${sequence}, ${next}, false)`;
  return { id: `${draft.table.name}/identity`, kind: "identity", name: identity.sequence, sql, stage: "keys" };
}
