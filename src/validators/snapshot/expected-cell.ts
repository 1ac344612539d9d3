/** What a cell of the snapshot must be, judged by a value that another parser read. */
import type { CellForm } from "../../json/stored-rows.ts";
import { parseQuoted, type Quoted, sameQuoted } from "./quoted-numbers.ts";

/** As better-sqlite3 gives it, integers as bigint. */
export type StoredCell = null | bigint | number | string | Uint8Array;

export function holds(form: CellForm, value: Quoted, cell: StoredCell): boolean {
  if (value === null || cell === null) return value === null && cell === null;
  switch (form) {
    case "empty":
      return false;
    case "boolean":
      return (value === true && cell === 1n) || (value === false && cell === 0n);
    case "integer":
      return (
        typeof cell === "bigint" &&
        typeof value === "string" &&
        /^n-?\d+$/.test(value) &&
        BigInt(value.slice(1)) === cell
      );
    case "text":
      return typeof value === "string" && value.startsWith("s") && typeof cell === "string" && value.slice(1) === cell;
    case "decimal":
      return isNumber(value) && typeof cell === "string" && !/e/i.test(cell) && sameDecimal(value.slice(1), cell);
    case "double":
      return isNumber(value) && typeof cell === "string" && Object.is(Number(value.slice(1)), Number(cell));
    case "json":
      return typeof cell === "string" && sameJson(value, cell);
  }
}

function sameJson(value: Quoted, cell: string): boolean {
  const stored = parsed(cell);
  if (stored === undefined) return false;
  if (isNumber(value) && isNumber(stored)) return sameDecimal(value.slice(1), stored.slice(1));
  return sameQuoted(value, stored);
}

function parsed(cell: string): Quoted | undefined {
  try {
    return parseQuoted(cell);
  } catch {
    return undefined;
  }
}

function isNumber(value: Quoted): value is string {
  return typeof value === "string" && value.startsWith("n");
}

/** Same sign, same digits, same number of places behind the point: −0, 0 and 0.0 are three. */
function sameDecimal(a: string, b: string): boolean {
  if (a === b) return true;
  const left = parts(a);
  const right = parts(b);
  return left.negative === right.negative && left.digits === right.digits && left.places === right.places;
}

function parts(text: string): { negative: boolean; digits: string; places: number } {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const places = fraction.length - Number(exponent);
  const digits = (whole + fraction).replace(/^0+/, "");
  // Fewer than no places: the zeros before the point that plain notation writes out.
  const padding = digits === "" || places > 0 ? 0 : Math.min(-places, 200_000);
  return { negative: text.startsWith("-"), digits: digits + "0".repeat(padding), places: Math.max(0, places) };
}
