/**
 * Which rows of the target are compared. A table of the application's may hold others:
 * in the transaction that wrote ours they are told from them by the transaction's number,
 * which nobody but the server writes; later by their keys.
 */
import type { LiveMode } from "../../../core/plan/live.ts";
import { quoteName } from "../../quote.ts";
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
  const relation = `${quoteName(schema)}.${quoteName(table)}`;
  const [row] = await target.query("SELECT relkind FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)", [
    relation,
  ]);
  // Tables that inherit from it are other tables; partitions are the table itself.
  const whole = row?.[0] === "p" ? relation : `ONLY ${relation}`;
  if (scope !== "written") return whole;
  const [number] = await target.query("SELECT pg_current_xact_id()::xid::text");
  return `(SELECT t.tableoid, t.ctid, t.* FROM ${whole} t WHERE t.xmin = '${BigInt(number?.[0] ?? 0)}'::xid) AS written`;
}

export type Versions = { readonly rows: bigint; readonly versions: bigint };

/** SQL of a number that stands for these versions of rows: it changes with any row that is inserted, updated or deleted. */
export const theirVersions = "coalesce(sum(hashtextextended(tableoid::text||ctid::text||','||xmin::text, 0)), 0)::text";

/** Where a row lies, as a text: a ctid alone may stand for a row in each of several partitions. */
export const theirPlace = "tableoid::text||ctid::text";

/** SQL and values that find rows by their places. The ctids are what PostgreSQL goes by. */
export function atPlaces(places: readonly string[]): { condition: string; values: [string[], string[]] } {
  return {
    condition: `ctid = ANY($1::tid[]) AND ${theirPlace} = ANY($2::text[])`,
    values: [places.map((place) => place.slice(place.indexOf("("))), [...places]],
  };
}

export async function versionsOf(target: Target, into: string, condition = "true"): Promise<Versions> {
  const [row] = await target.query(`SELECT count(*), ${theirVersions} FROM ${into} WHERE ${condition}`);
  return { rows: BigInt(row?.[0] ?? 0), versions: BigInt(row?.[1] ?? 0) };
}
