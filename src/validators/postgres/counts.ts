/** Rows per table: what the source selects must be what arrived plus what is in quarantine. */
import type { ValidatorResult } from "../../core/finding.ts";
import type { LiveCount, LiveMode } from "../../core/plan/live.ts";
import type { TablePlan } from "../../core/plan/plan.ts";
import { collectFindings } from "../findings.ts";
import { quarantinedByLoad } from "../quarantined.ts";
import { quoteName } from "../quote.ts";
import { openSource, type Source, selection } from "../source-reader.ts";
import { amount } from "../wording.ts";
import { askTogether, portions } from "./many-tables.ts";
import { type Target, withTarget } from "./target-reader.ts";
import type { ValidatorInput } from "./validator.ts";

export async function counts(input: ValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("counts");
  const source = openSource(input.snapshot);
  let rows = 0;
  try {
    await withTarget(input, async (target) => {
      const quarantine = await countQuarantine(target, input);
      for await (const { table, arrived } of countTargets(input, target)) {
        input.signal.throwIfAborted();
        const expected = countSource(source, table);
        rows += Number(expected);
        const quarantined = quarantine.get(table.source) ?? 0n;
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
  const sql = `SELECT count(*) FROM main.${quoteName(table.relation ?? table.source)} NOT INDEXED WHERE ${selection(table.where)}`;
  return source.prepare<[], bigint>(sql).pluck().get() ?? 0n;
}

type Counted = { readonly table: TablePlan; readonly arrived: bigint | null };

async function* countTargets({ plan, schema }: ValidatorInput, target: Target): AsyncGenerator<Counted> {
  const found = await target.query(
    "SELECT c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1",
    [schema],
  );
  const kinds = new Map(found.map(([name, kind]) => [name, kind]));
  const counting = ({ target: name }: TablePlan): string => {
    // Tables that inherit from it are other tables; partitions are the table itself.
    const only = kinds.get(name) === "r" ? "ONLY " : "";
    return `SELECT count(*) FROM ${only}${quoteName(schema)}.${quoteName(name)}`;
  };
  for (const some of portions(plan.tables)) {
    const answers = await askTogether(target, some, counting);
    for (const [i, table] of some.entries()) {
      const [row] = answers[i] === undefined ? ((await target.attempt(counting(table), [])) ?? []) : [answers[i]];
      yield { table, arrived: row === undefined ? null : BigInt(row[0] ?? 0) };
    }
  }
}

/** By the source's name. */
async function countQuarantine(target: Target, { state, run }: ValidatorInput): Promise<Map<string, bigint>> {
  const sql = `SELECT table_name, count(*) FROM ${quoteName(state)}.quarantine WHERE run_id = $1 AND ${quarantinedByLoad} GROUP BY 1`;
  const rows = await target.query(sql, [run]);
  return new Map(rows.map(([table, count]) => [table ?? "", BigInt(count ?? 0)]));
}
