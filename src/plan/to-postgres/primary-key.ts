/** The primary key, and what stands in for it where PostgreSQL cannot have it. */

import type { FinishStep } from "../../core/plan/plan.ts";
import type { TableProfile } from "../../core/plan/profile.ts";
import { nameList, quoteName } from "../../core/quote.ts";
import type { Column, IndexPart, Table } from "../../core/schema/catalog.ts";
import type { Planning } from "../context.ts";
import { type Draft, nullsInKey } from "./draft-table.ts";
import type { IndexInput } from "./index-input.ts";
import { isLong, planIndex, planOf } from "./indexes.ts";

export function primaryKey(
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
export function nocaseKey(input: IndexInput, planning: Planning): FinishStep | null {
  const { table } = input;
  const parts = keyParts(table, (i) => table.primaryKeyCollations?.[i] ?? "BINARY");
  if (parts.every((part) => part.collation === "BINARY") || (table.primaryKey ?? []).some(input.dropped)) return null;
  const index = { name: `${input.target}_pkey_nocase`, unique: true, parts, where: null, sql: "" };
  return planIndex(index, input, planning, false);
}
