/** Numbers by their digits: no double is involved. */

/** ±digits × 10^−scale; no zeros at either end, and zero is never negative. */
export type Decimal = { readonly negative: boolean; readonly digits: string; readonly scale: number };

const shape = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Null where the text is no plain number: zeros in front, blanks, a plus, a zero below zero. */
export function decimalOf(text: string): Decimal | null {
  const found = shape.exec(text);
  if (found === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return sign === "-" ? null : { negative: false, digits: "0", scale: 0 };
  const scale = fraction.length - Number(exponent) - (all.length - digits.length);
  return { negative: sign === "-", digits, scale };
}

export function sameDecimal(a: Decimal | null, b: Decimal | null): boolean {
  return a !== null && b !== null && a.negative === b.negative && a.digits === b.digits && a.scale === b.scale;
}

/** Digits before the point; 0 and less for fractions. */
export function wholeDigits({ digits, scale }: Decimal): number {
  return digits === "0" ? 0 : digits.length - scale;
}

/** Without an exponent. */
export function plainText({ negative, digits, scale }: Decimal): string {
  const sign = negative ? "-" : "";
  if (scale <= 0) return `${sign}${digits}${"0".repeat(-scale)}`;
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** To so many digits after the point (less than none: before it), half away from zero as PostgreSQL's numeric does. */
export function toScale(decimal: Decimal, scale: number, how: "round" | "truncate"): Decimal {
  const surplus = decimal.scale - scale;
  if (surplus <= 0) return decimal;
  const kept = decimal.digits.slice(0, Math.max(0, decimal.digits.length - surplus));
  const next = decimal.digits.length >= surplus ? (decimal.digits[decimal.digits.length - surplus] ?? "0") : "0";
  const up = how === "round" && next >= "5" ? 1n : 0n;
  const value = (BigInt(kept === "" ? "0" : kept) + up).toString();
  const text = plainText({ negative: decimal.negative, digits: value, scale });
  return decimalOf(text) ?? { negative: false, digits: "0", scale: 0 };
}
