/** The input of a SQLite target's validators: both files attached read-only to one connection. */

import Database from "better-sqlite3";
import type { Plan, TablePlan } from "../../core/plan/plan.ts";
import { isVirtual } from "../../core/plan/virtual.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { quoteName } from "../quote.ts";

export type SqliteValidatorInput = {
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly snapshot: string;
  /** The file that holds the tables now. */
  readonly file: string;
  /** Tables that were there may hold other rows as well (append, merge, skip). */
  readonly contains: boolean;
  /** The file as it was before the rows came in, where `copied`; absent when there was none. */
  readonly before?: string;
  /** The file began as a copy of one that was there (append, merge, skip, replace): its versions are its own. */
  readonly copied: boolean;
  /** Only the run has written to the file: what it did not touch must be unchanged. */
  readonly alone: boolean;
  readonly signal: AbortSignal;
};

/** Whether the table may hold other rows as well; a table that the run made holds its own alone. */
export function containsOthers(table: TablePlan, { contains }: SqliteValidatorInput): boolean {
  return table.into === undefined ? contains && isVirtual(table) : table.into !== "replace";
}

export type Both = Database.Database;

/** The snapshot is `main`, so that a pipeline's own conditions find its tables; the target is `target`. */
/** What was there before is `before`, empty where nothing was. */
export function openBoth({ snapshot, file, before }: SqliteValidatorInput): Both {
  const db = new Database(snapshot, { readonly: true, fileMustExist: true, timeout: 5000 });
  db.defaultSafeIntegers(true);
  db.function("proof_real", { deterministic: true }, expectedReal);
  db.function("proof_zero", { deterministic: true }, (cell: unknown) => (Object.is(cell, -0) ? "-" : "+"));
  try {
    db.prepare("ATTACH ? AS target").run(file);
    db.prepare("ATTACH ? AS before").run(before ?? ":memory:");
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  return db;
}

/** What a double precision of PostgreSQL, given as text, must have become. */
function expectedReal(cell: unknown): unknown {
  if (typeof cell !== "string" || cell === "NaN") return cell;
  return cell.endsWith("Infinity") ? (cell.startsWith("-") ? -Infinity : Infinity) : Number.parseFloat(cell);
}

export function hasTable(db: Both, schema: "main" | "target" | "before", name: string): boolean {
  return (
    db.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`).get(name) !==
    undefined
  );
}

/** The rows that were to arrive. A line break, so that a comment at the end cannot swallow the parenthesis. */
export function selected({ source, relation, where }: TablePlan): string {
  return `main.${quoteName(relation ?? source)}${where === null ? "" : ` WHERE (${where}\n)`}`;
}
