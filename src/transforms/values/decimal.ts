/** Decimal numbers as digits, so that nothing is rounded on the way. */

/** Plain notation as PostgreSQL's numeric writes it: no exponent, zeros at the end kept. Null when it is no number, or beyond numeric. */
export function plainDecimal(text: string): string | null {
  const m = /^\s*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,6}))?\s*$/.exec(text);
  if (m === null) return null;
  const [, sign, whole = "", afterWhole = "", afterPoint = "", exponent = "0"] = m;
  const fraction = afterWhole + afterPoint;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  // Before the digits are written out: an exponent of six digits is a megabyte of zeros.
  if (point > maxWhole + whole.length || digits.length - point > maxFraction) return null;
  const before =
    point <= 0
      ? "0"
      : digits
          .slice(0, point)
          .padEnd(point, "0")
          .replace(/^0+(?=\d)/, "");
  const after = point <= 0 ? `${"0".repeat(-point)}${digits}` : digits.slice(point);
  if (before.length > maxWhole) return null;
  const plain = after === "" ? before : `${before}.${after}`;
  return sign === "-" && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

/** Equal for numbers of equal value. */
export function withoutTrailingZeros(plain: string): string {
  if (!plain.includes(".")) return plain;
  // A pattern would begin anew at each zero of a long row of them.
  let end = plain.length;
  while (plain[end - 1] === "0") end--;
  return plain.slice(0, plain[end - 1] === "." ? end - 1 : end);
}

/** What PostgreSQL's numeric holds. */
const maxWhole = 131_072;
const maxFraction = 16_383;
