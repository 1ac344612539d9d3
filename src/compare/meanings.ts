/**
 * What two columns have in common though their cells are not the same: the
 * token of a cell under each meaning. What a meaning cannot read keeps a token
 * that says its class, so that it equals nothing but itself.
 */
import type { Value } from "../core/plan/transform.ts";
import { realDigits } from "../core/values/wire.ts";
import { type ArrayItem, parseArrayLiteral } from "./array-literal.ts";
import { intervalOf, timeOfDay, zonedTime } from "./clock.ts";
import { decimalOf, decimalToken } from "./decimal.ts";
import { epochInstant, instantOf } from "./instants.ts";
import { canonicalJson, type Json, parseJson } from "./json-value.ts";
import { hardwareToken, networkToken } from "./network-address.ts";
import { multirangeToken, rangeToken } from "./range-text.ts";
import { bytesToken, exactToken, plainToken, type Token } from "./tokens.ts";

/** A number by its exact decimal value, be it INTEGER, REAL or digits. `signedZero` where both sides have a −0. */
export function numberToken(signedZero: boolean): Token {
  return (cell) => {
    if (typeof cell === "bigint") return `d${cell}`;
    if (typeof cell !== "number" && typeof cell !== "string") return exactToken(cell);
    const decimal = decimalOf(cell);
    return decimal === null ? exactToken(cell) : decimalToken(decimal, signedZero);
  };
}

/** Numbers in a column of texts are written as rowhaul's encoding `rendered` writes them. */
export function textToken(cell: Value): string {
  if (typeof cell === "bigint") return `t${cell}`;
  if (typeof cell === "number") return `t${realDigits(cell)}`;
  return exactToken(cell);
}

/** char(n) reads back filled up with blanks, which PostgreSQL itself does not count. */
export function paddedToken(cell: Value): string {
  return textToken(typeof cell === "string" ? cell.replace(/ +$/, "") : cell);
}

/** A text stands for its bytes in UTF-8, also where they are not valid. */
export function contentToken(cell: Value): string {
  if (typeof cell === "string") return bytesToken(Buffer.from(cell, "utf8"));
  if (cell !== null && typeof cell === "object" && !(cell instanceof Uint8Array)) return bytesToken(cell.rawText);
  return plainToken(cell);
}

const yes: readonly string[] = ["true", "t", "yes", "y", "on", "1"];
const no: readonly string[] = ["false", "f", "no", "n", "off", "0"];

export function booleanToken(cell: Value): string {
  if (cell === 1n || cell === 1) return "y";
  if (cell === 0n || cell === 0) return "f";
  if (typeof cell !== "string" || cell.length > 5) return plainToken(cell);
  const word = cell.toLowerCase();
  return yes.includes(word) ? "y" : no.includes(word) ? "f" : exactToken(cell);
}

/** `power`: what numbers count, see `epochInstant`; null = numbers are no instants here. */
export function instantToken(power: number | null): Token {
  return (cell) => {
    const instant =
      typeof cell === "string"
        ? instantOf(cell)
        : power !== null && (typeof cell === "bigint" || typeof cell === "number")
          ? epochInstant(cell, power)
          : null;
    return instant === null ? plainToken(cell) : `m${instant}`;
  };
}

/** Numbers stand for JSON's numbers; a text that is not JSON is itself. */
export function jsonToken(cell: Value): string {
  if (typeof cell === "bigint") return `jd${cell}`;
  if (typeof cell === "number") return `j${decimalToken(decimalOf(cell))}`;
  if (typeof cell !== "string") return exactToken(cell);
  const json = parseJson(cell);
  return json === null ? exactToken(cell) : `j${canonicalJson(json)}`;
}

/** jsonb `{"t": class, "v": text}` as the SQLite cell it stands for. */
export function taggedToken(cell: Value): string {
  if (cell === null) return "n";
  const json = typeof cell === "string" ? parseJson(cell) : null;
  const members = json?.kind === "object" ? json.members : [];
  const member = (name: string): Json | undefined => members.find(([key]) => key === name)?.[1];
  const [t, v] = [member("t"), member("v")];
  const other = `?${exactToken(cell)}`;
  if (members.length !== 2 || t?.kind !== "string" || v?.kind !== "string") return other;
  switch (t.text) {
    case "integer":
      return /^(0|-?[1-9]\d*)$/.test(v.text) ? `i${v.text}` : other;
    case "real":
      return decimalOf(v.text) === null ? other : exactToken(Number(v.text));
    case "text":
      return `t${v.text}`;
    case "blob":
      return /^([0-9a-f]{2})*$/.test(v.text) ? bytesToken(Buffer.from(v.text, "hex")) : other;
    default:
      return other;
  }
}

/** 32 hexadecimal digits with or without hyphens, or sixteen bytes. */
export function uuidToken(cell: Value): string {
  if (cell instanceof Uint8Array && cell.length === 16) return `u${Buffer.from(cell).toString("hex")}`;
  if (typeof cell !== "string") return exactToken(cell);
  const digits = cell.replace(/[{}-]/g, "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits) && cell.length <= 38 ? `u${digits}` : exactToken(cell);
}

/** Of a type that PostgreSQL keeps by its value and writes in a spelling of its own; a text that is none stays itself. */
function spelledToken(read: (text: string) => string | null): Token {
  return (cell) => (typeof cell === "string" ? (read(cell.trim()) ?? textToken(cell)) : textToken(cell));
}

const prefixed = (letter: string, value: bigint | string | null): string | null =>
  value === null ? null : `${letter}${value}`;

export const addressToken = spelledToken(networkToken);
export const macToken = spelledToken((text) => hardwareToken(text, 6));
export const mac8Token = spelledToken((text) => hardwareToken(text, 8));
export const timeToken = spelledToken((text) => prefixed("c", timeOfDay(text)));
export const zonedTimeToken = spelledToken((text) => prefixed("z", zonedTime(text)));
export const intervalToken = spelledToken((text) => prefixed("v", intervalOf(text)));

/** Money as PostgreSQL writes it where no country says otherwise: `-$1,234.50`. */
export const moneyToken: Token = (cell) => {
  const [, sign = "", digits] =
    (typeof cell === "string" && /^(-?)\$((?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d+)?)$/.exec(cell)) || [];
  return numberToken(false)(digits === undefined ? cell : `${sign}${digits.replaceAll(",", "")}`);
};

const pointNumber = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/gi;

/** Points and what is made of them: the numbers in their order. A path that is open is another one than a closed one. */
export function pointsToken(type: string): Token {
  return spelledToken((text) => {
    const numbers = text.match(pointNumber) ?? [];
    const between = text.replace(pointNumber, "");
    if (numbers.length === 0 || !/^[()[\]<>{},\s]*$/.test(between)) return null;
    const values = numbers.map(Number);
    // Of a box any two corners may be given; the upper right is written first.
    const [x, y, z, w] = values as [number, number, number, number];
    const kept =
      type === "box" && values.length === 4 ? [Math.max(x, z), Math.max(y, w), Math.min(x, z), Math.min(y, w)] : values;
    const tokens = kept.map((one) => decimalToken(decimalOf(one), true));
    return `o${type}${type === "path" && text.startsWith("[") ? "[" : ""}${tokens.join(",")}`;
  });
}

export function rangesToken(kind: "whole" | "day" | "other", item: Token, multi: boolean): Token {
  return spelledToken((text) => (multi ? multirangeToken : rangeToken)(text, kind, item));
}

/** PostgreSQL's array literal or a JSON array, item by item under the item's meaning. */
export function arrayToken(item: Token): Token {
  const ofLiteral = (part: ArrayItem): string =>
    part === null ? "n" : typeof part === "string" ? framed(item(part)) : `[${part.map(ofLiteral).join(",")}]`;
  const ofJson = (part: Json): string => {
    if (part.kind === "array") return `[${part.items.map(ofJson).join(",")}]`;
    if (part.kind === "word" && part.text === "null") return "n";
    return framed(item(part.kind === "object" ? canonicalJson(part) : part.text));
  };
  return (cell) => {
    if (typeof cell !== "string") return plainToken(cell);
    if (cell.startsWith("{")) {
      const items = parseArrayLiteral(cell);
      return items === null ? exactToken(cell) : `a${ofLiteral(items)}`;
    }
    const json = cell.startsWith("[") ? parseJson(cell) : null;
    return json?.kind === "array" ? `a${ofJson(json)}` : exactToken(cell);
  };
}

/** Length first, so that no item's own text can be taken for what stands between items. */
function framed(token: string): string {
  return `${token.length}:${token}`;
}
