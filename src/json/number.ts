/**
 * Numbers of JSON without loss: a JavaScript number holds neither a 64-bit
 * integer nor `1.10`, so what is not an integer stays text.
 */

/** PostgreSQL's numeric holds this many digits before and after the point. */
const maxBefore = 131_072;
const maxAfter = 16_383;

/** Without an exponent, and with a digit other than zero: in plain notation already. */
const plainNumber = /^-?(?:[1-9]\d*(?:\.\d+)?|0\.\d*[1-9]\d*)$/;
const shape = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The same number in plain notation, as PostgreSQL's numeric writes it: no exponent, zeros at the end kept (`1.10`), none
 * at the start, no sign of a zero. Null when numeric cannot hold it. `raw` is trusted to be a number of JSON.
 */
export function canonicalDecimal(raw: string): string | null {
  if (raw.length <= maxAfter && plainNumber.test(raw)) return raw;
  const [, sign = "", whole = "", fraction = "", power = "0"] = shape.exec(raw) ?? [];
  const exponent = Number(power);
  const digits = whole + fraction;
  const isZero = /^0*$/.test(digits);
  // Only the scale of a zero is its exponent's business; its digits are none.
  const after = Math.max(0, fraction.length - exponent);
  const significant = digits.replace(/^0+/, "").length;
  if (after > maxAfter || (!isZero && significant - fraction.length + exponent > maxBefore)) return null;
  if (isZero) return after === 0 ? "0" : `0.${"0".repeat(after)}`;
  const point = whole.length + exponent;
  const before =
    point <= 0
      ? "0"
      : digits
          .slice(0, point)
          .padEnd(point, "0")
          .replace(/^0+(?=\d)/, "");
  const behind = point >= digits.length ? "" : "0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  return behind === "" ? `${sign}${before}` : `${sign}${before}.${behind}`;
}

/** −0, −0.00, −0e5: numeric has no such value, double precision has. */
export function isNegativeZero(raw: string): boolean {
  return raw.charCodeAt(0) === 0x2d && /^-0(?:\.0+)?(?:[eE][+-]?\d+)?$/.test(raw);
}

/** The value of a run of digits when it fits a signed 64-bit integer, else null. */
export function int64(raw: string): bigint | null {
  if (raw.length > 20) return null;
  const value = BigInt(raw);
  return BigInt.asIntN(64, value) === value ? value : null;
}
