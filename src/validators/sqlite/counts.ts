/** Rows per table: what the snapshot selects must be there. */

import type { ValidatorResult } from "../../core/finding.ts";
import type { TablePlan } from "../../core/plan/plan.ts";
import { isVirtual } from "../../core/plan/virtual.ts";
import { collectFindings } from "../findings.ts";
import { quoteName } from "../quote.ts";
import { amount } from "../wording.ts";
import { expectedRows } from "./expected.ts";
import { containsOthers, hasTable, openBoth, type SqliteValidatorInput, selected } from "./input.ts";

export async function counts(input: SqliteValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("counts");
  const tables = input.plan.tables.filter((table) => !isVirtual(table));
  const db = openBoth(input);
  let rows = 0;
  try {
    for (const table of tables) {
      input.signal.throwIfAborted();
      const expected = db
        .prepare(`SELECT count(*) FROM ${expectedRows(db, table, null) ?? selected(table)}`)
        .pluck()
        .get() as bigint;
      const were =
        table.into !== undefined && table.into !== "replace" && hasTable(db, "before", table.target)
          ? (db
              .prepare(`SELECT count(*) FROM before.${quoteName(table.target)}`)
              .pluck()
              .get() as bigint)
          : 0n;
      rows += Number(expected);
      const arrived = hasTable(db, "target", table.target)
        ? (db
            .prepare(`SELECT count(*) FROM target.${quoteName(table.target)}`)
            .pluck()
            .get() as bigint)
        : null;
      if (arrived !== null && isRight(table, input, { expected, were, arrived })) continue;
      await findings.difference(() => ({
        table: table.source,
        source: amount(expected, "row"),
        target: arrived === null ? null : amount(arrived, "row"),
        message:
          arrived === null
            ? `The table ${table.target} is not in the target.`
            : `The source has ${amount(expected, "row")}${were === 0n ? "" : `, the target had ${amount(were, "row")}`}; ${were === 0n ? `${amount(arrived, "row")} arrived` : `it has ${amount(arrived, "row")}`}.`,
      }));
    }
  } finally {
    db.close();
  }
  return {
    validator: "counts",
    passed: findings.differences === 0,
    checked: { rows, objects: tables.length },
    findings: findings.kept,
    differences: findings.differences,
    summary:
      findings.differences === 0
        ? `${amount(rows, "row")} in ${amount(tables.length, "table")}: every count agrees`
        : `${amount(findings.differences, "table")} of ${amount(tables.length, "table")} with another number of rows`,
    seconds: (performance.now() - started) / 1000,
  };
}

type Counted = { readonly expected: bigint; readonly were: bigint; readonly arrived: bigint };

/** Rows that are one with rows that were there are counted once: which they are, parity says. */
function isRight(table: TablePlan, input: SqliteValidatorInput, { expected, were, arrived }: Counted): boolean {
  if (!containsOthers(table, input)) return arrived === expected;
  if (!input.alone) return arrived >= expected;
  if (table.into === "append") return arrived === were + expected;
  return arrived <= were + expected && arrived >= (were < expected ? expected : were);
}
