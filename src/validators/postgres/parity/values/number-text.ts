/**
 * Numbers as PostgreSQL's numeric prints them: the shortest digits that
 * round-trip, never an exponent, and always a fraction, which is what tells a
 * REAL from an INTEGER.
 */
export function decimalText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.slice(sign.length).split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** `value` times a power of ten as an exact integer; null when a fraction is left. */
export function scaledInteger(value: number, power: number): bigint | null {
  if (!Number.isFinite(value)) return null;
  const [whole = "", fraction = ""] = decimalText(value).split(".");
  const kept = fraction.slice(0, power).padEnd(power, "0");
  return /^0*$/.test(fraction.slice(power)) ? BigInt(whole + kept) : null;
}

const digitsOnly = /^-?(0|[1-9]\d*)$/;

/**
 * Whether a text is how some INTEGER or finite REAL would be written, so that its class could not be told.
 * An infinite REAL is never written out as text, so `Infinity` is one.
 */
export function looksLikeNumber(text: string): boolean {
  if (digitsOnly.test(text)) return text !== "-0" && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
  return Number.isFinite(Number(text)) && decimalText(Number(text)) === text;
}
