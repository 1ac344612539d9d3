/** Rows per table: what the source selects must be what arrived plus what is in quarantine. */
import type { ValidatorResult } from "../core/finding.ts";
import type { TablePlan } from "../core/plan.ts";
import { collectFindings } from "./findings.ts";
import { quarantinedByLoad } from "./quarantined.ts";
import { name } from "./quote.ts";
import { openSource, type Source, selection } from "./source-reader.ts";
import { type Target, withTarget } from "./target-reader.ts";
import type { ValidatorInput } from "./validator.ts";
import { amount } from "./wording.ts";

export async function counts(input: ValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("counts");
  const source = openSource(input.snapshot);
  let rows = 0;
  try {
    await withTarget(input.pool, input.signal, async (target) => {
      for (const table of input.plan.tables) {
        input.signal.throwIfAborted();
        const expected = countSource(source, table);
        rows += Number(expected);
        const arrived = await countTarget(target, input.schema, table);
        const quarantined = await countQuarantine(target, input, table);
        if (arrived !== null && arrived + quarantined === expected) continue;
        await findings.difference(() => ({
          table: table.source,
          source: `${amount(expected, "row")}`,
          target: arrived === null ? null : `${amount(arrived, "row")}, ${amount(quarantined, "row")} in quarantine`,
          message:
            arrived === null
              ? `The table ${table.target} is not in the target.`
              : `The source has ${amount(expected, "row")}; ${amount(arrived, "row")} arrived and ${amount(quarantined, "row")} went to quarantine.`,
        }));
      }
    });
  } finally {
    source.close();
  }
  const tables = amount(input.plan.tables.length, "table");
  return {
    validator: "counts",
    passed: findings.differences === 0,
    checked: { rows, objects: input.plan.tables.length },
    findings: findings.kept,
    differences: findings.differences,
    summary:
      findings.differences === 0
        ? `${amount(rows, "row")} in ${tables}: every count agrees`
        : `${amount(findings.differences, "table")} of ${tables} with another number of rows`,
    seconds: (performance.now() - started) / 1000,
  };
}

function countSource(source: Source, table: TablePlan): bigint {
  const sql = `SELECT count(*) FROM main.${name(table.relation ?? table.source)} WHERE ${selection(table.where)}`;
  return source.prepare<[], bigint>(sql).pluck().get() ?? 0n;
}

async function countTarget(target: Target, schema: string, table: TablePlan): Promise<bigint | null> {
  const rows = await target.attempt(`SELECT count(*) FROM ${name(schema)}.${name(table.target)}`, []);
  return rows ? BigInt(rows[0]?.[0] ?? 0) : null;
}

async function countQuarantine(target: Target, input: ValidatorInput, table: TablePlan): Promise<bigint> {
  const sql = `SELECT count(*) FROM ${name(input.state)}.quarantine WHERE run_id = $1 AND table_name = $2 AND ${quarantinedByLoad}`;
  const rows = await target.query(sql, [input.run, table.source]);
  return BigInt(rows[0]?.[0] ?? 0);
}
