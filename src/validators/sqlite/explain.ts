/** Which column of a row differs, with both values. */
import type { ColumnPlan } from "../../core/plan/plan.ts";
import type { Described } from "../findings.ts";

/** `cells`: of each column the expected and the found value. */
export function explainRow(columns: readonly ColumnPlan[], cells: readonly unknown[]): Partial<Described> {
  const differing = columns.flatMap((column, i) => {
    const [source, target] = [cells[2 * i], cells[2 * i + 1]];
    return same(source, target) ? [] : [{ column: column.source, source: shown(source), target: shown(target) }];
  });
  const [first] = differing;
  if (first === undefined) return {};
  const names = differing.map(({ column }) => column).join(", ");
  return {
    ...first,
    message: differing.length === 1 ? "The value is not the same." : `These are not the same: ${names}.`,
  };
}

function same(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : Object.is(a, b);
}

/** With its class, because 5 and 5.0 and '5' are three values. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
  if (Buffer.isBuffer(value)) return `x'${value.toString("hex").slice(0, 64)}'`;
  return JSON.stringify(String(value).slice(0, 80));
}
