/**
 * Parity: every cell of every table, compared without trusting the loader.
 * Each side writes its rows as canonical text by its own SQL, and only digests
 * of many rows cross over; cells are examined where digests differ.
 */
import pLimit from "p-limit";
import type { ValidatorResult } from "../../../core/finding.ts";
import { collectFindings } from "../../findings.ts";
import { amount } from "../../wording.ts";
import type { ValidatorInput } from "../validator.ts";
import { compareTable, reporter, type TableOutcome } from "./table.ts";
import { equalTogether } from "./together.ts";

/** Two: one table's SQLite work and another's PostgreSQL work overlap; more would only queue. */
const connections = 2;
// One transaction has one connection.
const inside = 1;

export async function parity(input: ValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("parity");
  const limit = pLimit(input.live?.inside == null ? connections : inside);
  const failed = new AbortController();
  const signal = AbortSignal.any([input.signal, failed.signal]);
  const equal = await equalTogether(input, (table, rows) => reporter(input, table).advance(rows));
  const results = await Promise.allSettled(
    input.plan.tables.map((table) =>
      limit(async () => {
        const known = equal.get(table);
        if (known !== undefined) return known;
        try {
          return await compareTable({ ...input, signal }, table, findings);
        } catch (cause) {
          // The others stop too: their results will not be used.
          failed.abort(cause);
          throw cause;
        }
      }),
    ),
  );
  signal.throwIfAborted();
  const outcomes = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const total = (count: (outcome: TableOutcome) => number) => outcomes.reduce((sum, o) => sum + count(o), 0);
  const totals = {
    rows: total((o) => o.rows),
    cells: total((o) => o.cells),
    changed: total((o) => o.changed),
    quarantined: total((o) => o.quarantined),
  };
  return {
    validator: "parity",
    passed: findings.differences === 0,
    checked: { rows: totals.rows, cells: totals.cells, objects: outcomes.length },
    findings: findings.kept,
    differences: findings.differences,
    summary: summary(totals, findings.differences),
    seconds: (performance.now() - started) / 1000,
  };
}

function summary(
  { rows, cells, changed, quarantined }: { rows: number; cells: number; changed: number; quarantined: number },
  differences: number,
): string {
  const seen = `${amount(rows, "row")}, ${amount(cells, "cell")}`;
  const notes = [
    ...(changed > 0 ? [`${amount(changed, "cell")} changed on purpose, all in the ledger`] : []),
    ...(quarantined > 0 ? [`${amount(quarantined, "row")} in quarantine`] : []),
  ];
  const aside = notes.length > 0 ? ` (${notes.join("; ")})` : "";
  return `${seen}: ${differences === 0 ? "all equal" : amount(differences, "difference")}${aside}`;
}
