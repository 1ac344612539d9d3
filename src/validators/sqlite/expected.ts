/**
 * The rows that were to arrive in a table whose cells are not all sent as they are: a temporary table of what each cell
 * must have become, without the rows that accepted treatments took out.
 */

import type { CellRule, ColumnPlan, TablePlan } from "../../core/plan/plan.ts";
import { quoteName } from "../quote.ts";
import { fileCells } from "./file-cell.ts";
import { type Both, selected } from "./input.ts";

/** Its name, to stand in a FROM; null where every cell arrives as it is. */
export function expectedRows(db: Both, table: TablePlan, rowid: string | null): string | null {
  if (!table.columns.some((column) => column.rules.length > 0 || fileOf(column) !== null)) return null;
  const name = `temp."proof expected"`;
  const cells = fileCells();
  try {
    const columns = table.columns.filter((column) => column.encoding.kind === "tagged");
    let position = 0;
    const value = columns.map((column) => {
      const reading = fileOf(column);
      const own = quoteName(column.source);
      if (reading === null) return own;
      const at = position++;
      define(db, `proof_into_${at}`, (cell) => {
        const found = cells.expected(reading, column.rules, cell);
        return found.leaves ? null : found.value;
      });
      define(db, `proof_stays_${at}`, (cell) => (cells.expected(reading, column.rules, cell).leaves ? 0n : 1n));
      return `CASE WHEN ${own} IS NULL THEN NULL ELSE proof_into_${at}(${own}) END`;
    });
    let n = 0;
    const stays = columns.flatMap((column) => {
      const own = quoteName(column.source);
      const at = fileOf(column) === null ? -1 : n++;
      return [
        ...(at < 0 ? [] : [`(${own} IS NULL OR proof_stays_${at}(${own}))`]),
        ...column.rules.flatMap((rule) => takenOut(table, own, rule)),
      ];
    });
    const list = [
      ...(rowid === null ? [] : [`${rowid} AS "proof rowid"`]),
      ...columns.map((column, i) => `${value[i]} AS ${quoteName(column.source)}`),
    ];
    const from = selected(table);
    const where = stays.length === 0 ? "" : `${table.where === null ? " WHERE" : " AND"} ${stays.join(" AND ")}`;
    db.exec(`DROP TABLE IF EXISTS ${name}`);
    db.exec(`CREATE TEMP TABLE "proof expected" AS SELECT ${list.join(", ")} FROM ${from}${where}`);
    return name;
  } finally {
    cells.close();
  }
}

function fileOf({ encoding }: ColumnPlan): Parameters<ReturnType<typeof fileCells>["expected"]>[0] | null {
  return encoding.kind === "tagged" ? (encoding.file ?? null) : null;
}

type Fn = (cell: bigint | number | string | Buffer) => unknown;

function define(db: Both, name: string, fn: Fn): void {
  db.function(name, { deterministic: true, safeIntegers: true }, fn as (cell: unknown) => unknown);
}

/** Conditions that keep a row which no cell of its own takes out. */
function takenOut(table: TablePlan, own: string, { when, then }: CellRule): string[] {
  if (then !== "quarantine") return [];
  if (when.kind === "null") return [`${own} IS NOT NULL`];
  if (when.kind !== "orphan") return [];
  const relation = `main.${quoteName(table.relation ?? table.source)}`;
  const keys = when.columns.map((name) => quoteName(name));
  const parents = when.parentColumns.map((name) => quoteName(name)).join(", ");
  const parent = when.parent === table.source ? relation : `main.${quoteName(when.parent)}`;
  return [
    `(${keys.join(", ")}) IN (SELECT ${parents} FROM ${parent}${when.parentWhere === null ? "" : ` WHERE (${when.parentWhere}\n)`})`,
  ];
}
