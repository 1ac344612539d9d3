/** UNIQUE constraints and indexes. What cannot be carried is a hazard: lost uniqueness, or a lost index. */

import type { Index, IndexPart, Table, Unique } from "../core/catalog.ts";
import { sameName } from "../core/names.ts";
import type { ColumnPlan, FinishStep } from "../core/plan.ts";
import type { TableProfile } from "../core/profile.ts";
import type { Scope } from "../sql/scope.ts";
import { translateExpression } from "../sql/translate-expression.ts";
import type { Planning } from "./context.ts";
import { qualified, quoteName } from "./sql-text.ts";

export type IndexInput = {
  readonly table: Table;
  readonly target: string;
  readonly columns: readonly ColumnPlan[];
  readonly profile: TableProfile;
  readonly scope: Scope;
  /** Source columns that the pipeline drops. */
  readonly dropped: (column: string) => boolean;
};

/** PostgreSQL's limit for a btree entry is 2,704 bytes. */
const longestIndexed = 2600;

export function planUnique(unique: Unique, input: IndexInput, planning: Planning): FinishStep | null {
  const parts = unique.columns.map(
    (column): IndexPart => ({
      column,
      expression: null,
      descending: false,
      collation: collationOf(input.table, column),
    }),
  );
  const plain = parts.every((part) => part.collation === "BINARY");
  const wanted = unique.name ?? `${input.target}_${unique.columns.join("_")}_key`;
  if (!plain || parts.some((part) => tooLong(part, input))) {
    return planIndex({ name: wanted, unique: true, parts, where: null, sql: "" }, input, planning);
  }
  if (
    leaveOut(unique.columns, `unique constraint on ${input.table.name}(${unique.columns.join(", ")})`, input, planning)
  )
    return null;
  const name = planning.relationNames.claim(wanted);
  const columns = unique.columns.map((column) => quoteName(targetOf(column, input))).join(", ");
  return step(
    input,
    "unique",
    name,
    `ALTER TABLE ${relation(input, planning)} ADD CONSTRAINT ${quoteName(name)} UNIQUE (${columns})`,
  );
}

export function planIndex(index: Index, input: IndexInput, planning: Planning): FinishStep | null {
  const named = index.parts.flatMap((part) => (part.column === null ? [] : [part.column]));
  if (leaveOut(named, `index ${index.name}`, input, planning)) return null;
  const lost = (reason: string): null => {
    planning.hazards.meet({
      code: index.unique ? "UNIQUENESS_LOST" : "INDEX_LOST",
      at: index.name,
      message: `${index.unique ? "unique index" : "index"} ${index.name} on ${input.table.name}: ${reason}`,
    });
    return null;
  };
  const objection = planning.input.refused.get(`index:${index.name}`);
  if (objection !== undefined) return lost(`PostgreSQL refuses it: ${objection}`);
  const long = index.parts.some((part) => tooLong(part, input));
  if (long && !index.unique && (index.parts.length > 1 || index.where !== null))
    return lost(`values are too long for an index entry (over ${longestIndexed} bytes)`);
  const written: string[] = [];
  for (const part of index.parts) {
    const text = partSql(part, input, long && index.unique);
    if (!text.ok) return lost(text.reason);
    written.push(text.sql + (part.descending ? " DESC" : ""));
  }
  let where = "";
  if (index.where !== null) {
    const condition = translateExpression(index.where, input.scope, "condition");
    if (!condition.ok) return lost(`its WHERE cannot be translated: ${condition.reason}`);
    where = ` WHERE ${condition.sql}`;
  }
  if (long)
    planning.notes.push({
      code: "LONG_INDEX",
      at: index.name,
      message: `values of over ${longestIndexed} bytes: ${index.unique ? "unique over their md5" : "a hash index, for equality only"}`,
    });
  if (index.parts.some((part) => part.collation === "NOCASE")) {
    planning.notes.push({
      code: "NOCASE_INDEX",
      at: index.name,
      message: `compares without case as SQLite's NOCASE does: lower(column COLLATE "C"); queries need the same form to use it`,
    });
  }
  const name = planning.relationNames.claim(index.name);
  const method = long && !index.unique ? " USING hash" : "";
  const sql = `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteName(name)} ON ${relation(input, planning)}${method} (${written.join(", ")})${where}`;
  planning.trials.push({ id: `index:${index.name}`, sql });
  return step(input, index.unique ? "unique" : "index", name, sql);
}

function partSql(
  part: IndexPart,
  input: IndexInput,
  asDigest: boolean,
): { ok: true; sql: string } | { ok: false; reason: string } {
  if (part.column === null) {
    const expression = translateExpression(part.expression ?? "", input.scope, "value");
    return expression.ok
      ? { ok: true, sql: `(${expression.sql})` }
      : { ok: false, reason: `${part.expression} cannot be translated: ${expression.reason}` };
  }
  const column = planOf(part.column, input);
  if (column === undefined) return { ok: false, reason: `it names no column ${part.column}` };
  const name = quoteName(column.target);
  const isText = column.pgType === "text";
  if (part.collation === "NOCASE" && isText) return { ok: true, sql: `lower(${name} COLLATE "C")` };
  if (part.collation === "RTRIM" && isText) return { ok: true, sql: `rtrim(${name}, ' ')` };
  if (isText && !["BINARY", "NOCASE", "RTRIM"].includes(part.collation))
    return { ok: false, reason: `the collation ${part.collation} is the application's own` };
  return { ok: true, sql: asDigest && (isText || column.pgType === "bytea") ? `md5(${name})` : name };
}

function tooLong(part: IndexPart, input: IndexInput): boolean {
  if (part.column === null) return false;
  const column = planOf(part.column, input);
  if (column === undefined || (column.pgType !== "text" && column.pgType !== "bytea" && column.pgType !== "jsonb"))
    return false;
  return (input.profile.columns[column.source]?.longest ?? 0) > longestIndexed;
}

export function planOf(column: string, input: { readonly columns: readonly ColumnPlan[] }): ColumnPlan | undefined {
  return input.columns.find((candidate) => sameName(candidate.source, column));
}

function targetOf(column: string, input: IndexInput): string {
  return planOf(column, input)?.target ?? column;
}

function collationOf(table: Table, column: string): string {
  return table.columns.find((candidate) => sameName(candidate.name, column))?.collation ?? "BINARY";
}

function leaveOut(columns: readonly string[], object: string, input: IndexInput, planning: Planning): boolean {
  const gone = columns.filter(input.dropped);
  if (gone.length > 0) planning.leftOut.push({ object, reason: `the pipeline drops ${gone.join(", ")}` });
  return gone.length > 0;
}

function relation(input: IndexInput, planning: Planning): string {
  return qualified(planning.input.staging, input.target);
}

function step(input: IndexInput, kind: FinishStep["kind"], name: string, sql: string): FinishStep {
  return { id: `${input.table.name}/${kind}/${name}`, kind, name, sql, stage: "keys" };
}
