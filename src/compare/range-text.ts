/** Ranges as PostgreSQL writes them: of whole numbers and days always `[from,to)`, of others as they were given. */
import type { Value } from "../core/plan/transform.ts";
import { instantOf } from "./instants.ts";
import type { Token } from "./tokens.ts";

const bound = /"(?:[^"\\]|\\.|"")*"|[^,"()[\]]*/.source;
const range = new RegExp(`^([[(])\\s*(${bound})\\s*,\\s*(${bound})\\s*([\\])])$`);

/** `item`: the token of a bound. Null when the text is no range. */
export function rangeToken(text: string, kind: "whole" | "day" | "other", item: Token): string | null {
  if (/^\s*empty\s*$/i.test(text)) return "g-";
  const found = range.exec(text.trim());
  if (found === null) return null;
  const [, opens, first = "", last = "", closes] = found;
  const lower = side(first, opens === "[", kind, "lower", item);
  const upper = side(last, closes === "]", kind, "upper", item);
  if (lower === null || upper === null) return null;
  const sameEnds = lower.value !== "" && lower.value === upper.value;
  if (sameEnds && !(lower.included && upper.included)) return "g-";
  return `g${lower.included ? "[" : "("}${framed(lower.value)},${framed(upper.value)}${upper.included ? "]" : ")"}`;
}

/** `{range,range}`; null when the text is none. */
export function multirangeToken(text: string, kind: "whole" | "day" | "other", item: Token): string | null {
  const inside = /^\{([\s\S]*)\}$/.exec(text.trim())?.[1];
  if (inside === undefined) return null;
  const ranges = inside.match(new RegExp(`[[(](?:${bound}),(?:${bound})[\\])]`, "g")) ?? [];
  if (ranges.join(",") !== inside.replace(/\s+(?=[[(,])|(?<=[\])])\s+/g, "")) return null;
  const tokens = ranges.map((one) => rangeToken(one, kind, item));
  return tokens.includes(null) ? null : `{${tokens.filter((token) => token !== "g-").join(",")}}`;
}

type End = { readonly value: string; readonly included: boolean };

/** A bound that is not there is infinite, and never included. */
function side(text: string, included: boolean, kind: string, end: "lower" | "upper", item: Token): End | null {
  const plain = text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)|""/g, (_, one?: string) => one ?? '"') : text;
  if (plain === "") return { value: "", included: false };
  if (kind === "other" || /infinity$/i.test(plain)) return { value: item(plain as Value), included };
  const number = kind === "whole" ? wholeOf(plain) : dayOf(plain);
  if (number === null) return null;
  // PostgreSQL includes the lower one and excludes the upper one.
  const moved = end === "lower" ? (included ? 0n : 1n) : included ? 1n : 0n;
  return { value: String(number + moved), included: end === "lower" };
}

function wholeOf(text: string): bigint | null {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : null;
}

function dayOf(text: string): bigint | null {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? instantOf(text) : null;
  return instant === null ? null : instant / 86_400_000_000n;
}

function framed(value: string): string {
  return `${value.length}:${value}`;
}
