/** Rows per table: what the snapshot selects must be there. */
import type { ValidatorResult } from "../../core/finding.ts";
import { collectFindings } from "../findings.ts";
import { amount } from "../wording.ts";
import { hasTable, isVirtual, openBoth, quoted, type SqliteValidatorInput, selected } from "./input.ts";

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
        .prepare(`SELECT count(*) FROM ${selected(table)}`)
        .pluck()
        .get() as bigint;
      rows += Number(expected);
      const arrived = hasTable(db, "target", table.target)
        ? (db
            .prepare(`SELECT count(*) FROM target.${quoted(table.target)}`)
            .pluck()
            .get() as bigint)
        : null;
      if (arrived !== null && (arrived === expected || (input.contains && arrived > expected))) continue;
      await findings.difference(() => ({
        table: table.source,
        source: amount(expected, "row"),
        target: arrived === null ? null : amount(arrived, "row"),
        message:
          arrived === null
            ? `The table ${table.target} is not in the target.`
            : `The source has ${amount(expected, "row")}; ${amount(arrived, "row")} arrived.`,
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
