/**
 * Decimal digits → the body of a binary numeric field: groups of four digits
 * with a weight, a sign and a display scale (numeric_send in PostgreSQL's numeric.c).
 */

const positive = 0x0000;
const negative = 0x4000;
const infinity = 0xd000;
const minusInfinity = 0xf000;

/** `digits`: optional sign, digits, optional fraction; or `Infinity`, `-Infinity`. No exponent. */
export function numericField(digits: string): Buffer {
  if (digits === "Infinity") return special(infinity);
  if (digits === "-Infinity") return special(minusInfinity);
  const minus = digits.startsWith("-");
  const [whole = "", fraction = ""] = (minus ? digits.slice(1) : digits).split(".");
  const left = whole.replace(/^0+/, "");
  const padded =
    left.padStart(Math.ceil(left.length / 4) * 4, "0") + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  const groups: number[] = [];
  for (let at = 0; at < padded.length; at += 4) groups.push(Number(padded.slice(at, at + 4)));
  let weight = Math.ceil(left.length / 4) - 1;
  while (groups.length > 0 && groups[0] === 0) {
    groups.shift();
    weight--;
  }
  while (groups.length > 0 && groups.at(-1) === 0) groups.pop();
  const body = Buffer.alloc(8 + groups.length * 2);
  body.writeInt16BE(groups.length, 0);
  body.writeInt16BE(groups.length === 0 ? 0 : weight, 2);
  body.writeUInt16BE(minus && groups.length > 0 ? negative : positive, 4);
  body.writeUInt16BE(fraction.length, 6);
  for (const [i, group] of groups.entries()) body.writeInt16BE(group, 8 + i * 2);
  return body;
}

function special(sign: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16BE(sign, 4);
  return body;
}
