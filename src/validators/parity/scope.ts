/**
 * Which rows of the target are compared. A table of the application's may hold others:
 * in the transaction that wrote ours they are told from them by the transaction's number,
 * which nobody but the server writes; later by their keys.
 */
import type { LiveMode } from "../../core/live.ts";
import { name } from "../quote.ts";
import type { Target } from "../target-reader.ts";

export type Scope =
  /** All rows: there may be no others. */
  | "all"
  /** Those that the open transaction wrote, and it may have written no others. */
  | "written"
  /** Others may stand between them; each of the source's has one of its own. */
  | "among";

export function scopeOf(mode: LiveMode | undefined, inside: boolean): Scope {
  if (mode === undefined || mode === "replace") return "all";
  return inside && mode !== "kept" ? "written" : "among";
}

/** What to read the rows from, with `tableoid` and `ctid`: a subquery that PostgreSQL dissolves. */
export async function relationOf(target: Target, schema: string, table: string, scope: Scope): Promise<string> {
  const relation = `${name(schema)}.${name(table)}`;
  const [row] = await target.query("SELECT relkind FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)", [
    relation,
  ]);
  // Tables that inherit from it are other tables; partitions are the table itself.
  const whole = row?.[0] === "p" ? relation : `ONLY ${relation}`;
  if (scope !== "written") return whole;
  const [bounds] = await target.query(
    "SELECT pg_current_xact_id()::xid::text, pg_snapshot_xmax(pg_current_snapshot())::xid::text",
  );
  // A trigger that catches exceptions writes under a number of its own, which comes after the transaction's. Others that got theirs since are kept out by the lock.
  const ours = `age(t.xmin) BETWEEN age(${xid(bounds?.[1])}) AND age(${xid(bounds?.[0])})`;
  return `(SELECT t.tableoid, t.ctid, t.* FROM ${whole} t WHERE ${ours}) AS written`;
}

function xid(number: string | null | undefined): string {
  return `'${BigInt(number ?? 0)}'::xid`;
}

/** Where a row lies, as a text: a ctid alone may stand for a row in each of several partitions. */
export const theirPlace = "tableoid::text||ctid::text";

/** SQL and values that find rows by their places. The ctids are what PostgreSQL goes by. */
export function atPlaces(places: readonly string[]): { condition: string; values: [string[], string[]] } {
  return {
    condition: `ctid = ANY($1::tid[]) AND ${theirPlace} = ANY($2::text[])`,
    values: [places.map((place) => place.slice(place.indexOf("("))), [...places]],
  };
}
