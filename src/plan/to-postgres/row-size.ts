/**
 * What a row takes of a page in PostgreSQL, where a row must fit into one: long texts stand elsewhere, and only their
 * 18-byte addresses count. What is asked here is a lower bound, without the gaps that keep numbers aligned.
 */
import type { ColumnPlan, Plan, TablePlan } from "../../core/plan/plan.ts";
import type { Profile, TableProfile } from "../../core/plan/profile.ts";
import { isVirtual } from "../../core/plan/virtual.ts";
import { quoteName } from "../../core/quote.ts";

/** Of a page of 8 kB, less its header and the row's entry in it. */
export const largestRow = 8160;

/** The longest text that stays in the row, and the address of a longer one. */
const [longestInside, address] = [20, 18];

const fixed: Readonly<Record<string, number>> = {
  boolean: 1,
  smallint: 2,
  integer: 4,
  date: 4,
  real: 4,
  bigint: 8,
  "double precision": 8,
  timestamp: 8,
  "timestamp with time zone": 8,
  "timestamp without time zone": 8,
  timestamptz: 8,
  uuid: 16,
};

/** By source table: a condition that rows meet which fit, in SQL of the source. Most tables cannot have others. */
export function rowLimits({ tables }: Plan, profile: Profile): Map<string, string> {
  const found = new Map<string, string>();
  for (const table of tables) {
    const known = profile.tables[table.source];
    if (known === undefined || table.into !== undefined || table.fullText !== undefined || isVirtual(table)) continue;
    if (mostBytes(table, known) > largestRow) found.set(table.source, `${rowBytes(table)} <= ${largestRow}`);
  }
  return found;
}

function header(columns: number, withNulls: boolean): number {
  return Math.ceil((23 + (withNulls ? Math.ceil(columns / 8) : 0)) / 8) * 8;
}

function mostBytes({ columns }: TablePlan, { columns: profiles }: TableProfile): number {
  const cells = columns.map((column) => {
    const profile = profiles[column.source];
    const filled =
      profile === undefined || Object.entries(profile.counts).some(([kind, n]) => kind !== "null" && n > 0);
    return filled ? (fixed[column.pgType] ?? Math.max(address, longestInside + 1)) : 0;
  });
  return header(columns.length, true) + cells.reduce((sum, bytes) => sum + bytes, 0);
}

function rowBytes({ columns }: TablePlan): string {
  const filled = sum(columns.map(({ source }) => `(${quoteName(source)} IS NOT NULL)`));
  const head = `CASE WHEN ${filled} < ${columns.length} THEN ${header(columns.length, true)} ELSE ${header(columns.length, false)} END`;
  return sum([head, ...columns.map(cellBytes)]);
}

/** A cell that a rule treats may become NULL. */
function cellBytes({ source, pgType, rules }: ColumnPlan): string {
  const cell = quoteName(source);
  if (rules.some(({ when }) => when.kind !== "orphan")) return "0";
  const bytes = fixed[pgType];
  if (bytes !== undefined) return `${bytes} * (${cell} IS NOT NULL)`;
  if (pgType !== "text" && pgType !== "bytea") return `(${cell} IS NOT NULL)`;
  return `CASE WHEN ${cell} IS NULL THEN 0 WHEN octet_length(${cell}) > ${longestInside} THEN ${address} ELSE 1 + length(${cell}) END`;
}

/** SQLite takes no more than 1,000 levels of an expression. */
function sum(terms: readonly string[]): string {
  if (terms.length === 1) return `(${terms[0]})`;
  const half = terms.length >> 1;
  return `(${sum(terms.slice(0, half))} + ${sum(terms.slice(half))})`;
}
