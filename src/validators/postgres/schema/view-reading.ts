/**
 * A view read through on one side: every column of every row is computed, for a
 * view whose rows can be counted may still fail on a value (a division, an
 * integer that is too large). Both sides count rows and each column's values.
 */
import { quoteName } from "../../quote.ts";
import type { Source } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";

export type Reading = {
  readonly rows: bigint;
  /** Values that are not NULL, by column. */
  readonly values: readonly bigint[];
};

export type SourceReading = Reading & {
  readonly columns: readonly string[];
  /** Storage classes by column; `bit` is an integer that is 0 or 1. */
  readonly classes: readonly ReadonlySet<string>[];
};

export type Failure = { readonly failure: string };

export function readSourceView(source: Source, view: string): SourceReading | Failure {
  try {
    const columns = source
      .prepare(`SELECT * FROM main.${quoteName(view)}`)
      .columns()
      .map((column) => column.name);
    const items = columns.map((_, i) => `count(c${i}), group_concat(DISTINCT ${classOf(`c${i}`)})`);
    const row = source
      .prepare<[], (bigint | string | null)[]>(
        `${sourceView(view, columns.length)} SELECT ${["count(*)", ...items].join(", ")} FROM v`,
      )
      .raw()
      .get();
    const [rows = 0n, ...rest] = row ?? [];
    return {
      columns,
      rows: BigInt(rows ?? 0),
      values: columns.map((_, i) => BigInt(rest[2 * i] ?? 0)),
      classes: columns.map((_, i) => new Set(String(rest[2 * i + 1] ?? "").split(","))),
    };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause.message : String(cause) };
  }
}

export async function readTargetView(
  target: Target,
  schema: string,
  view: string,
  width: number,
): Promise<Reading | Failure> {
  let failure = "";
  const counts = ["count(*)", ...numbered(width).map((column) => `count(${column})`)];
  const found = await target.attempt(
    `SELECT ${counts.join(", ")} FROM ${targetView(schema, view, width)}`,
    [],
    (reason) => {
      failure = reason;
    },
  );
  if (found === undefined) return { failure };
  const [rows, ...values] = found[0] ?? [];
  return { rows: BigInt(rows ?? 0), values: values.map((value) => BigInt(value ?? 0)) };
}

/** Columns by position, since the target may have had to cut a name: `v(c0, c1 …)`. */
export function sourceView(view: string, width: number): string {
  return `WITH v(${numbered(width).join(", ")}) AS (SELECT * FROM main.${quoteName(view)})`;
}

export function targetView(schema: string, view: string, width: number): string {
  return `${quoteName(schema)}.${quoteName(view)} AS v(${numbered(width).join(", ")})`;
}

function numbered(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `c${i}`);
}

function classOf(column: string): string {
  return `CASE WHEN typeof(${column}) = 'integer' AND ${column} IN (0, 1) THEN 'bit' ELSE typeof(${column}) END`;
}
