/** Rows per table: what the source selects must be what arrived plus what is in quarantine. */
import type { ValidatorResult } from "../../core/finding.ts";
import type { LiveCount, LiveMode } from "../../core/plan/live.ts";
import type { TablePlan } from "../../core/plan/plan.ts";
import { collectFindings } from "../findings.ts";
import { quarantinedByLoad } from "../quarantined.ts";
import { quoteName } from "../quote.ts";
import { openSource, type Source, selection } from "../source-reader.ts";
import { amount } from "../wording.ts";
import { type Target, withTarget } from "./target-reader.ts";
import type { ValidatorInput } from "./validator.ts";

export async function counts(input: ValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("counts");
  const source = openSource(input.snapshot);
  let rows = 0;
  try {
    await withTarget(input, async (target) => {
      for (const table of input.plan.tables) {
        input.signal.throwIfAborted();
        const expected = countSource(source, table);
        rows += Number(expected);
        const arrived = await countTarget(target, input.schema, table);
        const quarantined = await countQuarantine(target, input, table);
        const mode = input.live?.into.get(table.target);
        if (mode !== undefined && mode !== "replace" && arrived !== null) {
          const before = input.live?.inside?.before.get(table.target);
          const found = among(mode, before, arrived, expected - quarantined);
          if (found !== null) await findings.difference(() => ({ table: table.source, ...found }));
          continue;
        }
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

/** Rows among others: what was there, and ours besides. Once others may write, there are at least ours. */
function among(
  mode: LiveMode,
  before: LiveCount | undefined,
  now: bigint,
  ours: bigint,
): { source: string; target: string; message: string } | null {
  const most = before === undefined || mode === "kept" ? null : before.rows + ours - (before.replaced ?? 0n);
  const least = most === null ? ours : before?.replaced === null ? (before.rows > ours ? before.rows : ours) : most;
  if (now >= least && (most === null || now <= most)) return null;
  const was = before === undefined ? "" : `The table held ${amount(before.rows, "row")} before; `;
  return {
    source: amount(ours, "row"),
    target: amount(now, "row"),
    message: `${was}${amount(ours, "row")} of the source were to be in it, and it holds ${amount(now, "row")}${most === null ? "" : ` instead of ${most.toLocaleString("en-US")}`}.`,
  };
}

function countSource(source: Source, table: TablePlan): bigint {
  const sql = `SELECT count(*) FROM main.${quoteName(table.relation ?? table.source)} WHERE ${selection(table.where)}`;
  return source.prepare<[], bigint>(sql).pluck().get() ?? 0n;
}

async function countTarget(target: Target, schema: string, table: TablePlan): Promise<bigint | null> {
  const [found] = await target.query("SELECT relkind FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)", [
    `${quoteName(schema)}.${quoteName(table.target)}`,
  ]);
  // Tables that inherit from it are other tables; partitions are the table itself.
  const only = found?.[0] === "r" ? "ONLY " : "";
  const rows = await target.attempt(`SELECT count(*) FROM ${only}${quoteName(schema)}.${quoteName(table.target)}`, []);
  return rows ? BigInt(rows[0]?.[0] ?? 0) : null;
}

async function countQuarantine(target: Target, input: ValidatorInput, table: TablePlan): Promise<bigint> {
  const sql = `SELECT count(*) FROM ${quoteName(input.state)}.quarantine WHERE run_id = $1 AND table_name = $2 AND ${quarantinedByLoad}`;
  const rows = await target.query(sql, [input.run, table.source]);
  return BigInt(rows[0]?.[0] ?? 0);
}
