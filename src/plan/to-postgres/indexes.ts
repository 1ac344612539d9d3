/** UNIQUE constraints and indexes. What cannot be carried is a hazard: lost uniqueness, or a lost index. */

import type { ColumnPlan, FinishStep } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { Index, IndexPart, Unique } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { translateExpression } from "../../sql/translate/translate-expression.ts";
import { noteName, type Planning } from "../context.ts";
import { isPostgres } from "./from-postgres/carrying.ts";
import { carriedIndex } from "./from-postgres/indexes.ts";
import type { IndexInput } from "./index-input.ts";
import { madeIndex } from "./made-index.ts";

/** PostgreSQL's limit for a btree entry is 2,704 bytes. */
const longestIndexed = 2600;

/** `plain`: a key that a foreign key can point to. */
export function planUnique(
  unique: Unique,
  input: IndexInput,
  planning: Planning,
): { step: FinishStep; plain: boolean } | null {
  const parts = unique.columns.map(
    (column, i): IndexPart => ({
      column,
      expression: null,
      descending: false,
      collation: unique.collations[i] ?? "BINARY",
    }),
  );
  const wanted = unique.name ?? `${input.target}_${unique.columns.join("_")}_key`;
  const plain = parts.every((part) => isPlain(part, input)) && !isLong(parts, input);
  if (!plain || new Set(unique.columns).size < unique.columns.length) {
    const step = planIndex({ name: wanted, unique: true, parts, where: null, sql: "" }, input, planning, false);
    return step === null ? null : { step, plain };
  }
  const label = `unique constraint on ${input.table.name}(${unique.columns.join(", ")})`;
  if (leaveOut(unique.columns, label, input, planning)) return null;
  const id = `unique:${input.table.name}/${wanted}`;
  const given = planning.hazards.givesUp("UNIQUENESS_LOST", wanted) ? "given up in the pipeline file" : undefined;
  const objection = planning.input.refused.get(id) ?? given;
  if (objection !== undefined) {
    planning.hazards.meet({ code: "UNIQUENESS_LOST", at: wanted, message: `${label}: ${objection}` });
    return null;
  }
  const name = planning.relationNames.claim(wanted);
  const columns = unique.columns.map((column) => quoteName(targetOf(column, input))).join(", ");
  const sql = `ALTER TABLE ${relation(input, planning)} ADD CONSTRAINT ${quoteName(name)} UNIQUE (${columns})`;
  planning.trials.push({ id, sql });
  return { step: step(input, "unique", name, sql), plain: true };
}

/** `own`: the index bears a name of the source. */
export function planIndex(index: Index, input: IndexInput, planning: Planning, own = true): FinishStep | null {
  const named = index.parts.flatMap((part) => (part.column === null ? [] : [part.column]));
  if (leaveOut(named, `index ${index.name}`, input, planning)) return null;
  if (isPostgres(planning) && index.sql !== "") return carriedIndex(index, input, planning);
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
  if (planning.hazards.givesUp(index.unique ? "UNIQUENESS_LOST" : "INDEX_LOST", index.name))
    return lost("given up in the pipeline file");
  const long = isLong(index.parts, input);
  const hashable = index.parts.length === 1 && index.where === null && index.parts[0]?.column !== null;
  if (long && !index.unique && !hashable)
    return lost(`its values are too long for an index entry (over ${longestIndexed} bytes)`);
  const written: string[] = [];
  for (const part of index.parts) {
    const text = partSql(part, input, long && index.unique, planning);
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
  const name = planning.relationNames.claim(index.name, own);
  if (own && name !== index.name) noteName(planning, index.name, `the index is named ${name} in the target`);
  const method = long && !index.unique ? " USING hash" : "";
  const sql = `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteName(name)} ON ${relation(input, planning)}${method} (${written.join(", ")})${where}`;
  return madeIndex(index, name, sql, input, planning);
}

type Written = { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly reason: string };

/** `asDigest`: long values are distinguished by their md5. */
function partSql(part: IndexPart, input: IndexInput, asDigest: boolean, planning: Planning): Written {
  const digest = (text: string): string => (asDigest ? `md5(${text})` : text);
  if (part.column === null) {
    const expression = translateExpression(part.expression ?? "", input.scope, "value");
    if (!expression.ok) return { ok: false, reason: `${part.expression} cannot be translated: ${expression.reason}` };
    for (const note of expression.notes)
      planning.notes.push({ code: "INDEX_TRANSLATED", at: input.table.name, message: note });
    return { ok: true, sql: asDigest ? `md5((${expression.sql})::text)` : `(${expression.sql})` };
  }
  const column = planOf(part.column, input);
  if (column === undefined) return { ok: false, reason: `it names no column ${part.column}` };
  const name = quoteName(column.target);
  const isText = column.pgType === "text";
  if (part.collation === "NOCASE" && isText) return { ok: true, sql: digest(`lower(${name} COLLATE "C")`) };
  if (part.collation === "RTRIM" && isText) return { ok: true, sql: digest(`rtrim(${name}, ' ')`) };
  if (isText && part.collation !== "BINARY")
    return { ok: false, reason: `the collation ${part.collation} is the application's own` };
  if (column.pgType === "jsonb") return { ok: true, sql: digest(asDigest ? `${name}::text` : name) };
  return { ok: true, sql: isText || column.pgType === "bytea" ? digest(name) : name };
}

/** Numbers and the like take no more than this. */
const smallValue = 16;

/** Whether some row's entry may pass the limit: the sum of the longest values of all parts. */
export function isLong(parts: readonly IndexPart[], input: IndexInput): boolean {
  return !input.fits && parts.reduce((sum, part) => sum + longest(part, input), 0) > longestIndexed;
}

function longest(part: IndexPart, input: IndexInput): number {
  const longestOf = (column: ColumnPlan): number => {
    if (!["text", "bytea", "jsonb"].includes(column.pgType)) return smallValue;
    // Two bytes of UTF-16 may take three in UTF-8; for UTF-8 itself this is only a little early.
    const factor = input.utf16 ? 1.5 : 1;
    return (input.profile.columns[column.source]?.longest ?? 0) * factor;
  };
  if (part.column !== null) {
    const column = planOf(part.column, input);
    return column === undefined ? smallValue : longestOf(column);
  }
  // An expression may be as long as the longest column that it names.
  const named = input.columns.filter((column) => foldName(part.expression ?? "").includes(foldName(column.source)));
  return Math.max(smallValue, ...named.map(longestOf));
}

function isPlain(part: IndexPart, input: IndexInput): boolean {
  return part.collation === "BINARY" || (part.column !== null && planOf(part.column, input)?.pgType !== "text");
}

export function planOf(column: string, input: { readonly columns: readonly ColumnPlan[] }): ColumnPlan | undefined {
  return input.columns.find((candidate) => sameName(candidate.source, column));
}

function targetOf(column: string, input: IndexInput): string {
  return planOf(column, input)?.target ?? column;
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
