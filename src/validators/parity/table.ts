/**
 * Compares one table. Each table has connections and a scratch database of its
 * own, so that two can be under way at once and a failed one leaves nothing.
 */
import type { TablePlan } from "../../core/plan.ts";
import type { Findings } from "../findings.ts";
import { name } from "../quote.ts";
import { openSource, type Source, selection } from "../source-reader.ts";
import { type Target, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { readAccounts } from "./accounts.ts";
import { compareByBucket } from "./buckets.ts";
import { type Comparison, catalogTable, comparisonOf } from "./comparison.ts";
import { addFunctions } from "./functions.ts";
import { compareByRange } from "./ranges.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import { targetTypes } from "./target-cell.ts";

export type TableOutcome = {
  readonly rows: number;
  readonly cells: number;
  readonly changed: number;
  readonly quarantined: number;
};

export async function compareTable(input: ValidatorInput, table: TablePlan, findings: Findings): Promise<TableOutcome> {
  input.signal.throwIfAborted();
  const source = openSource(input.snapshot);
  const scratch = openScratch();
  try {
    addFunctions(source, input.catalog.encoding);
    return await withTarget(input.pool, input.signal, (target) =>
      compare(input, table, { source, scratch, target, findings }),
    );
  } finally {
    scratch.close();
    source.close();
  }
}

type Opened = { source: Source; scratch: Scratch; target: Target; findings: Findings };

async function compare(input: ValidatorInput, table: TablePlan, opened: Opened): Promise<TableOutcome> {
  const { catalog, signal, schema } = input;
  const tally = { changed: 0, quarantined: 0 };
  const types = await fittingTypes(opened, table, schema);
  if (types === null) return { rows: 0, cells: 0, ...tally };
  const accounts = await readAccounts({ ...opened, table }, input);
  const progress = reporter(input, table);
  const parts = { ...opened, table, catalog, accounts, tally, signal, advance: progress.advance };
  const comparison = comparisonOf(parts, schema, types);
  await ((await hasOrder(comparison, schema)) ? compareByRange(comparison) : compareByBucket(comparison));
  await accounts.reportUnticked();
  return { rows: progress.rows(), cells: progress.rows() * table.columns.length, ...tally };
}

/** The target's types by column; null, and a finding, when the table cannot be compared at all. */
async function fittingTypes(
  { target, findings }: Opened,
  table: TablePlan,
  schema: string,
): Promise<Map<string, string> | null> {
  const rows = await target.query(
    `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
    [`${name(schema)}.${name(table.target)}`],
  );
  const types = new Map(rows.map(([column, type]) => [column ?? "", type ?? ""]));
  const kinds = new Map(rows.map(([column, , kind]) => [column ?? "", kind ?? ""]));
  let fits = rows.length > 0;
  if (rows.length === 0) {
    await findings.difference(() => ({
      table: table.source,
      message: `The table ${table.target} is not in the target.`,
    }));
  }
  for (const column of rows.length === 0 ? [] : table.columns) {
    const kind = kinds.get(column.target);
    const fitting = targetTypes(column.encoding);
    if (kind !== undefined && (fitting === null || fitting.includes(kind))) continue;
    fits = false;
    await findings.difference(() => ({
      table: table.source,
      column: column.source,
      target: types.get(column.target) ?? null,
      message:
        kind === undefined
          ? `The column ${column.target} is not in the target.`
          : `The column's type in the target cannot be compared with the planned ${column.pgType}.`,
    }));
  }
  return fits ? types : null;
}

/**
 * Whether rows can be compared by key range: every key is an INTEGER in the
 * source, and the target has an index to find a range by.
 */
async function hasOrder(comparison: Comparison, schema: string): Promise<boolean> {
  const { table, source, target, key } = comparison;
  const column = table.key.columns[0];
  if (table.key.kind !== "integer" || column === undefined || key[0]?.plan.encoding.kind !== "integer") return false;
  const declared = catalogTable(comparison)?.columns.find((candidate) => candidate.name === column);
  if (declared && !declared.isRowid) {
    const sql = `SELECT EXISTS (SELECT 1 FROM main.${name(table.relation ?? table.source)} WHERE ${selection(table.where)} AND typeof(${name(column)}) <> 'integer')`;
    if (source.prepare<[], bigint>(sql).pluck().get() !== 0n) return false;
  }
  const [row] = await target.query(
    `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
       ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = pg_catalog.to_regclass($1) AND a.attname = $2 AND i.indisvalid AND i.indpred IS NULL)`,
    [`${name(schema)}.${name(table.target)}`, key[0].plan.target],
  );
  return row?.[0] === "t";
}

function reporter({ emit }: ValidatorInput, table: TablePlan): { advance: (rows: number) => void; rows: () => number } {
  const common = { phase: "validate", item: table.source, total: table.rows, unit: "rows" } as const;
  emit({ type: "expect", ...common, done: 0 });
  let done = 0;
  return {
    advance(rows) {
      done += rows;
      emit({ type: "progress", ...common, done });
    },
    rows: () => done,
  };
}
