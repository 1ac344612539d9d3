/** Schema: every object of the source is in the target, or was given up knowingly; and the file is whole. */

import type { ValidatorResult } from "../../core/finding.ts";
import type { TablePlan } from "../../core/plan/plan.ts";
import { isVirtual } from "../../core/plan/virtual.ts";
import type { Index, Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { collectFindings, type Findings } from "../findings.ts";
import { amount } from "../wording.ts";
import { type Both, openBoth, type SqliteValidatorInput } from "./input.ts";
import { tableProblems } from "./table-shape.ts";
import { changedObjects } from "./unchanged-objects.ts";

export async function schema(input: SqliteValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("schema");
  let objects = 0;
  const db = openBoth(input);
  try {
    for (const table of input.plan.tables) {
      input.signal.throwIfAborted();
      objects += await checkTable(db, table, input, findings);
    }
    objects += await checkNamed(db, input, findings);
    if (!input.copied) await checkFile(db, input, findings);
    await checkIntegrity(db, findings);
    for (const { code, at, message } of input.plan.hazards)
      if (code.endsWith("_LOST")) findings.note({ table: at, message: `Not carried: ${message}` });
  } finally {
    db.close();
  }
  return {
    validator: "schema",
    passed: findings.differences === 0,
    checked: { objects },
    findings: findings.kept,
    differences: findings.differences,
    summary:
      findings.differences === 0
        ? `${amount(objects, "object")}: all there, and the file is whole`
        : amount(findings.differences, "difference"),
    seconds: (performance.now() - started) / 1000,
  };
}

async function checkTable(
  db: Both,
  table: TablePlan,
  { catalog, plan }: SqliteValidatorInput,
  findings: Findings,
): Promise<number> {
  const made = sqlOf(db, "target", "table", table.target);
  const differ = (message: string) => findings.difference(() => ({ table: table.source, message }));
  if (made === null) {
    await differ(`The table ${table.target} is not in the target.`);
    return 1;
  }
  if (table.into !== undefined) {
    for (const problem of changedObjects(db, table)) await differ(problem);
    return 1;
  }
  const source = catalog.tables.find(({ name, fullText }) => name === table.source && fullText === undefined);
  if (source === undefined || isVirtual(table)) return 1;
  const lost = (code: string, at: string): boolean =>
    plan.hazards.some((hazard) => hazard.code === code && sameName(hazard.at, at));
  // The same words are the same table.
  if (made !== sqlOf(db, "main", "table", table.source))
    for (const problem of tableProblems(db, source, table, lost)) await differ(problem);
  for (const index of source.indexes) {
    if (lost("INDEX_LOST", index.name) || lost("UNIQUENESS_LOST", index.name)) continue;
    const problem = indexProblem(db, index, table);
    if (problem !== null) await differ(problem);
  }
  if (source.autoincrement) {
    const problem = sequenceProblem(db, source, table);
    if (problem !== null) await differ(problem);
  }
  return 1 + source.indexes.length;
}

function indexProblem(db: Both, index: Index, table: TablePlan): string | null {
  const made = db
    .prepare("SELECT \"unique\", partial FROM pragma_index_list(?, 'target') WHERE name = ? COLLATE NOCASE")
    .get(table.target, index.name) as { unique: bigint; partial: bigint } | undefined;
  if (made === undefined) return `The index ${index.name} is not in the target.`;
  if ((made.unique === 1n) !== index.unique) return `The index ${index.name} is ${index.unique ? "not " : ""}unique.`;
  if ((made.partial === 1n) !== (index.where !== null))
    return `The index ${index.name} covers ${index.where === null ? "not all" : "all"} rows.`;
  const parts = db
    .prepare("SELECT name, \"desc\" FROM pragma_index_xinfo(?, 'target') WHERE key = 1 ORDER BY seqno")
    .all(index.name) as { name: string | null; desc: bigint }[];
  const targetOf = (name: string): string => table.columns.find(({ source }) => sameName(source, name))?.target ?? name;
  const same =
    parts.length === index.parts.length &&
    index.parts.every((part, i) => {
      const found = parts[i];
      const named = part.column === null ? found?.name === null : sameName(found?.name ?? "", targetOf(part.column));
      return named && (found?.desc === 1n) === part.descending;
    });
  return same ? null : `The index ${index.name} has other columns.`;
}

function sequenceProblem(db: Both, { sequence }: Table, { target }: TablePlan): string | null {
  const there = db.prepare("SELECT 1 FROM target.sqlite_schema WHERE name = 'sqlite_sequence'").get();
  if (there === undefined) return `${target} does not count on: it has no AUTOINCREMENT.`;
  const seq = db.prepare("SELECT CAST(seq AS TEXT) FROM target.sqlite_sequence WHERE name = ?").pluck().get(target);
  return (seq ?? null) === sequence
    ? null
    : `${target} goes on counting from ${String(seq)}, the source from ${sequence}.`;
}

async function checkNamed(db: Both, { catalog, plan }: SqliteValidatorInput, findings: Findings): Promise<number> {
  const given = (kind: string, code: string, name: string): boolean =>
    plan.hazards.some((hazard) => hazard.code === code && sameName(hazard.at, name)) ||
    plan.leftOut.some(({ object }) => sameName(object, `${kind} ${name}`));
  const objects = [
    ...catalog.views.map(({ name }) => ({ type: "view", kind: "view", code: "VIEW_LOST", name })),
    ...catalog.triggers.map(({ name }) => ({ type: "trigger", kind: "trigger", code: "TRIGGER_LOST", name })),
    ...catalog.virtualTables.map(({ name }) => ({
      type: "table",
      kind: "virtual table",
      code: "VIRTUAL_TABLE_LOST",
      name,
    })),
  ] as const;
  for (const { type, kind, code, name } of objects) {
    if (given(kind, code, name) || sqlOf(db, "target", type, name) !== null) continue;
    await findings.difference(() => ({ table: name, message: `The ${kind} ${name} is not in the target.` }));
  }
  return objects.length;
}

async function checkFile(db: Both, { catalog, plan }: SqliteValidatorInput, findings: Findings): Promise<void> {
  if (plan.tables.length === 0) return;
  const facts = [
    ["user_version", String(catalog.userVersion)],
    ["application_id", String(catalog.applicationId)],
  ] as const;
  for (const [name, expected] of facts) {
    const found = String(db.pragma(`target.${name}`, { simple: true }));
    if (found === expected) continue;
    await findings.difference(() => ({
      table: name,
      source: expected,
      target: found,
      message: `PRAGMA ${name} is not the same.`,
    }));
  }
}

/** Also what SQLite knows to check about full-text indexes. NOT NULL and CHECK are about data, which parity compares. */
async function checkIntegrity(db: Both, findings: Findings): Promise<void> {
  const lines = db.pragma("target.integrity_check(20)") as { integrity_check: string }[];
  for (const { integrity_check: line } of lines) {
    if (line === "ok" || /^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT|REAL|INTEGER) value in)/.test(line))
      continue;
    await findings.difference(() => ({ table: "", message: `The file is damaged: ${line}` }));
  }
}

function sqlOf(db: Both, where: "main" | "target", type: string, name: string): string | null {
  const sql = db
    .prepare(`SELECT sql FROM ${where}.sqlite_schema WHERE type = ? AND name = ? COLLATE NOCASE`)
    .pluck()
    .get(type, name);
  return typeof sql === "string" ? sql : null;
}
