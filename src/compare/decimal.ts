/**
 * Numbers as exact decimals: `1.10`, `1.1` and `11e-1` are one value, 2^53 + 1
 * and 2^53 are two. A REAL stands for the shortest digits that read back as it,
 * which is how every exact text form of it is written.
 */

export type Decimal = {
  readonly negative: boolean;
  /** Without zeros at either end; empty = zero. */
  readonly digits: string;
  /** The value is digits × 10^exponent. */
  readonly exponent: number;
};

export type Special = "NaN" | "Infinity" | "-Infinity";

const shape = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;
const specials: readonly string[] = ["NaN", "Infinity", "-Infinity"];

/** Of a text only what a machine writes: no blanks, no `+`, no leading zeros. Null when it is no number. */
export function decimalOf(number: bigint | number | string): Decimal | Special | null {
  const text = Object.is(number, -0) ? "-0" : String(number);
  const found = shape.exec(text);
  if (found === null) return specials.includes(text) ? (text as Special) : null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = found;
  const all = whole + fraction;
  let from = 0;
  let to = all.length;
  while (from < to && all[from] === "0") from += 1;
  while (to > from && all[to - 1] === "0") to -= 1;
  const digits = all.slice(from, to);
  return {
    negative: sign === "-",
    digits,
    exponent: digits === "" ? 0 : Number(exponent) - fraction.length + (all.length - to),
  };
}

/** `d` and digits; equal for equal values. `signedZero`: −0 is another value than 0. */
export function decimalToken(decimal: Decimal | Special | null, signedZero = false): string {
  if (decimal === null || typeof decimal === "string") return `d${decimal}`;
  const { negative, digits, exponent } = decimal;
  if (digits === "") return negative && signedZero ? "d-0" : "d0";
  const sign = negative ? "-" : "";
  // As an INTEGER is written, so that those need not be taken apart.
  if (exponent >= 0 && digits.length + exponent <= 20) return `d${sign}${digits}${"0".repeat(exponent)}`;
  return `d${sign}${digits}e${exponent}`;
}
