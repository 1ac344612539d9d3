/**
 * Small tables of the run's own, many to a statement: the count and the sums of the rows' digests say that a table is
 * equal, as they do of a bucket. Any other table, and one that something is to be said about, is compared by itself.
 */
import { setImmediate } from "node:timers/promises";
import type { TablePlan } from "../../../core/plan/plan.ts";
import { type Canonical, digestOf, targetDigest } from "../../digest.ts";
import { quoteName } from "../../quote.ts";
import { openSource, type Source } from "../../source-reader.ts";
import { askTogether, portions } from "../many-tables.ts";
import { type Target, type TargetRow, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { fetched, rowTexts } from "./comparison.ts";
import { addFunctions } from "./functions.ts";
import type { TableOutcome } from "./table.ts";
import { targetTypes } from "./values/target-cell.ts";

/** Beyond it a table is worth statements of its own. */
const mostRows = 5000;

/** `done`: hears of each table that is equal. */
export async function equalTogether(
  input: ValidatorInput,
  done: (table: TablePlan, rows: number) => void,
): Promise<Map<TablePlan, TableOutcome>> {
  const equal = new Map<TablePlan, TableOutcome>();
  const small = input.plan.tables.filter((table) => table.rows <= mostRows && isOwn(input, table));
  if (small.length < 2) return equal;
  const candidates = await withTarget(input, (target) => comparable(target, input, small));
  const source = openSource(input.snapshot);
  try {
    addFunctions(source, input.catalog.encoding);
    for (const some of portions(candidates)) {
      const theirs = await withTarget(input, (target) => askTogether(target, some, (table) => theirSums(input, table)));
      for (const [i, table] of some.entries()) {
        await setImmediate();
        input.signal.throwIfAborted();
        const ours = ourSums(source, input, table);
        if (!isSame(ours, theirs[i])) continue;
        const rows = Number(ours.rows);
        equal.set(table, { rows, cells: rows * table.columns.length, changed: 0, quarantined: 0 });
        done(table, rows);
      }
    }
  } finally {
    source.close();
  }
  return equal;
}

function isOwn({ live }: ValidatorInput, table: TablePlan): boolean {
  return live?.inside == null && !live?.into.has(table.target) && table.into === undefined;
}

/** Ordinary tables without a line in ledger or quarantine, of exactly the planned columns. */
async function comparable(
  target: Target,
  { schema, state, run }: ValidatorInput,
  tables: readonly TablePlan[],
): Promise<TablePlan[]> {
  const of = (kept: string): string => `SELECT table_name FROM ${quoteName(state)}.${kept} WHERE run_id = $1`;
  const accounted = new Set(
    (await target.query(`${of("ledger")} UNION ${of("quarantine")}`, [run])).map(([name]) => name),
  );
  const kinds = new Map<string, Map<string, string>>();
  const columns = await target.query(
    `SELECT c.relname, a.attname, t.typname FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE n.nspname = $1 AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
    [schema],
  );
  for (const [table = "", column = "", kind] of columns) {
    const own = kinds.get(table ?? "") ?? new Map<string, string>();
    kinds.set(table ?? "", own.set(column ?? "", kind ?? ""));
  }
  return tables.filter((table) => {
    const own = kinds.get(table.target);
    if (own === undefined || accounted.has(table.source)) return false;
    return table.columns.every(({ target: name, encoding }) => {
      const kind = own.get(name);
      return kind !== undefined && (targetTypes(encoding)?.includes(kind) ?? true);
    });
  });
}

type Sums = { rows: bigint; high: bigint; low: bigint };

/** Sums, not XORs: a doubled row must show. */
function ourSums(source: Source, { catalog }: ValidatorInput, table: TablePlan): Sums {
  const { sourceRow, from } = rowTexts(table, catalog);
  const sums = { rows: 0n, high: 0n, low: 0n };
  const rows = source
    .prepare<[], Canonical>(`SELECT ${fetched({ catalog }, sourceRow)} ${from}`)
    .pluck()
    .iterate();
  for (const row of rows) {
    const digest = digestOf(row);
    sums.rows += 1n;
    sums.high += digest.readBigInt64BE(0);
    sums.low += digest.readBigInt64BE(8);
  }
  return sums;
}

/** OFFSET 0 keeps PostgreSQL from computing a digest once per use. */
function theirSums({ schema, catalog }: ValidatorInput, table: TablePlan): string {
  const half = (from: number): string =>
    `coalesce(sum(('x'||encode(substr(d,${from},8),'hex'))::bit(64)::bigint),0)::text`;
  const digests = `SELECT ${targetDigest(rowTexts(table, catalog).targetRow)} AS d FROM ONLY ${quoteName(schema)}.${quoteName(table.target)} OFFSET 0`;
  return `SELECT count(*)::text AS rows, ${half(1)} AS high, ${half(9)} AS low FROM (${digests}) x`;
}

function isSame(ours: Sums, theirs: TargetRow | undefined): boolean {
  return theirs !== undefined && [ours.rows, ours.high, ours.low].every((sum, i) => String(sum) === theirs[i]);
}
