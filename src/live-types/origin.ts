/** A value as its source's own type means it, where the storage class says less: see `LiveOrigin`. */
import type { LiveReading, LiveType } from "../core/schema/live-type.ts";
import type { Cell } from "../core/values/wire.ts";
import { decimalOf, sameDecimal } from "./decimal.ts";
import { floatText, shortestFloat4 } from "./numbers.ts";

export function asMeant({ from, type }: LiveReading, cell: Cell): Cell {
  if (from === undefined) return cell;
  const text = cell.bytes.toString("utf8");
  const meant = cell.storage === "integer" ? truthText(from, type, text) : elsewhere(from, type, cell, text);
  return meant === null ? cell : { ...cell, storage: "text", bytes: Buffer.from(meant, "utf8") };
}

/** Numbers take 1 and 0, and boolean reads them. Nothing else is to take a truth for a number. */
function truthText(from: string, { kind }: LiveType, text: string): string | null {
  if (from !== "boolean" || !/^[01]$/.test(text)) return null;
  return ["integer", "numeric", "float", "boolean", "bytea"].includes(kind) ? null : text === "1" ? "true" : "false";
}

function elsewhere(from: string, { kind, size, base }: LiveType, cell: Cell, text: string): string | null {
  if (cell.storage !== "text" || !cell.valid) return null;
  if (from === "real") return kind === "float" && size === 8 ? widened(text, floatText) : null;
  // As a text alone, an array is what its output function writes.
  if (kind !== "asked" || base === from || !base.endsWith("[]")) return null;
  if (from === "boolean[]") return text.replace(/\b[tf]\b/g, (one) => (one === "t" ? "true" : "false"));
  if (from !== "real[]" || base !== "double precision[]") return null;
  const [, bounds = "", list = ""] = /^((?:\[.*\]=)?)(.*)$/s.exec(text) ?? [];
  return `${bounds}${list.replace(/-?\d[\d.e+-]*/g, (one) => widened(one, doubleText) ?? one)}`;
}

/** The number that four bytes hold, to the last of its digits; null where the text is not what they are written as. */
function widened(text: string, write: (value: number) => string): string | null {
  const four = Math.fround(Number(text));
  const digits = decimalOf(text);
  if (digits === null || !Number.isFinite(four)) return null;
  return sameDecimal(digits, decimalOf(shortestFloat4(four))) ? write(four) : null;
}

/** As PostgreSQL's double precision writes it. */
function doubleText(value: number): string {
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 15) return floatText(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
