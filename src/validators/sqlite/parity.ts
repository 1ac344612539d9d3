/**
 * Parity: every cell of the target against the snapshot, by storage class and bytes, rowids included. Both files are
 * read by one SQLite connection with statements of its own; nothing of the loader is used.
 */

import { setImmediate } from "node:timers/promises";
import type { ValidatorResult } from "../../core/finding.ts";
import type { TablePlan } from "../../core/plan/plan.ts";
import { isVirtual } from "../../core/plan/virtual.ts";
import { collectFindings, type Findings } from "../findings.ts";
import { amount } from "../wording.ts";
import { comparisonOf } from "./comparison.ts";
import { explainRow } from "./explain.ts";
import { type Both, containsOthers, hasTable, openBoth, type SqliteValidatorInput } from "./input.ts";
import { shadowTables } from "./shadows.ts";

export async function parity(input: SqliteValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("parity");
  let rows = 0;
  let cells = 0;
  const db = openBoth(input);
  try {
    for (const table of input.plan.tables) {
      input.signal.throwIfAborted();
      for (const relation of isVirtual(table) ? shadowsToCompare(db, table, input) : [table]) {
        const seen = await compare(db, relation, input, findings);
        if (isVirtual(table)) continue;
        rows += seen.rows;
        cells += seen.cells;
      }
      await setImmediate();
    }
  } finally {
    db.close();
  }
  return {
    validator: "parity",
    passed: findings.differences === 0,
    checked: { rows, cells },
    findings: findings.kept,
    differences: findings.differences,
    summary:
      findings.differences === 0
        ? `${amount(cells, "cell")} of ${amount(rows, "row")}: every one is the same, class and bytes`
        : `${amount(findings.differences, "difference")} in ${amount(rows, "row")}`,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Copied indexes are the same to the byte; those that were built again are proven by SQLite's own check of them (schema). */
function shadowsToCompare(db: Both, table: TablePlan, { contains, plan }: SqliteValidatorInput): TablePlan[] {
  const copied = plan.units.some((unit) => unit.parts.some((part) => part.table === table.source));
  const standing = hasTable(db, "before", table.target);
  if (!copied || (standing && (contains || isIndexOfOthers(table)))) return [];
  return shadowTables(db, table.source).map((name) => ({
    ...table,
    source: name,
    target: name,
    create: "",
    columns: (db.prepare("SELECT name FROM pragma_table_info(?, 'main')").pluck().all(name) as string[]).map(
      (column) => ({
        source: column,
        target: column,
        encoding: { kind: "tagged" },
        pgType: "",
        arrives: "exactly",
        reason: "",
        computed: false,
        rules: [],
      }),
    ),
  }));
}

/** Of texts that stand in another table: where it was there, it was built again. */
function isIndexOfOthers({ create }: TablePlan): boolean {
  return /\bcontent\s*=\s*['"[`]?\w/i.test(create);
}

async function compare(
  db: Both,
  table: TablePlan,
  input: SqliteValidatorInput,
  findings: Findings,
): Promise<{ rows: number; cells: number }> {
  if (!hasTable(db, "target", table.target)) {
    await findings.difference(() => ({
      table: table.source,
      message: `The table ${table.target} is not in the target.`,
    }));
    return { rows: 0, cells: 0 };
  }
  const lacking = table.columns.filter(
    ({ target }) =>
      db
        .prepare("SELECT 1 FROM pragma_table_xinfo(?, 'target') WHERE name = ? COLLATE NOCASE")
        .get(table.target, target) === undefined,
  );
  for (const { source, target } of lacking)
    await findings.difference(() => ({
      table: table.source,
      column: source,
      message: `The column ${target} is not in the target.`,
    }));
  if (lacking.length > 0) return { rows: 0, cells: 0 };
  const comparison = comparisonOf(db, table, containsOthers(table, input), input.alone);
  for (const { sql, message, side } of comparison.statements) {
    let n = 0;
    for (const row of db.prepare(sql).raw(true).iterate() as IterableIterator<unknown[]>) {
      await findings.difference(() => ({
        table: table.source,
        key: comparison.key(row),
        message,
        ...(side === "both" ? explainRow(comparison.columns, row.slice(comparison.keys)) : {}),
      }));
      if (++n % 1000 === 0) await setImmediate();
    }
  }
  const rows = Number(db.prepare(comparison.count).pluck().get());
  return { rows, cells: rows * table.columns.length };
}
