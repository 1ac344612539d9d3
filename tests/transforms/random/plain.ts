/** What steps do to a value, said a second time and as plainly as possible: none of the transforms' own code is used. */
import { createHmac } from "node:crypto";
import type { Value } from "../../../src/core/plan/transform.ts";

/** The row cannot be taken. */
export class Refused extends Error {}

export function refuse(): never {
  throw new Refused();
}

export function textOf(value: Value): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" ? realText(value) : refuse();
}

/** Shortest digits, written out, with a fraction. */
export function realText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [digits = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  const [first = "", rest = ""] = digits.split(".");
  let whole = first;
  let fraction = rest;
  for (let n = Number(power); n > 0; n--) {
    whole += fraction[0] ?? "0";
    fraction = fraction.slice(1);
  }
  for (let n = Number(power); n < 0; n++) {
    fraction = (whole.at(-1) ?? "0") + fraction;
    whole = whole.slice(0, -1);
  }
  return `${sign}${whole.replace(/^0+(?=.)/, "") || "0"}.${fraction || "0"}`;
}

type Scalar = string | number | boolean | null;

export function scalarCell(value: Scalar): Value {
  if (value === true) return 1n;
  if (value === false) return 0n;
  return typeof value === "number" && Number.isInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

/** Digits of a decimal number and how many of them are behind the point. */
type Decimal = { negative: boolean; whole: string; fraction: string };

function decimalOf(text: string): Decimal | null {
  const m = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (m === null || `${m[2]}${m[3] ?? ""}` === "") return null;
  if (m[2] === "" && (m[3] ?? "") === "") return null;
  let [whole, fraction] = [m[2] ?? "", m[3] ?? ""];
  for (let n = Number(m[4] ?? 0); n > 0; n--) [whole, fraction] = [whole + (fraction[0] ?? "0"), fraction.slice(1)];
  for (let n = Number(m[4] ?? 0); n < 0; n++)
    [whole, fraction] = [whole.slice(0, -1), (whole.at(-1) ?? "0") + fraction];
  whole = whole.replace(/^0+/, "") || "0";
  return { negative: m[1] === "-" && /[1-9]/.test(whole + fraction), whole, fraction };
}

function written({ negative, whole, fraction }: Decimal, zeros: boolean): string {
  const kept = zeros ? fraction : fraction.replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${kept === "" ? "" : `.${kept}`}`;
}

const truths: Record<string, bigint> = {
  1: 1n,
  "1.0": 1n,
  true: 1n,
  t: 1n,
  yes: 1n,
  y: 1n,
  on: 1n,
  0: 0n,
  "0.0": 0n,
  false: 0n,
  f: 0n,
  no: 0n,
  n: 0n,
  off: 0n,
};

export function castTo(type: string, value: Value): Value {
  if (value === null) return null;
  switch (type) {
    case "integer":
    case "bigint": {
      const decimal = Object.is(value, -0) ? null : decimalOf(textOf(value) ?? "");
      if (decimal === null || /[1-9]/.test(decimal.fraction)) return refuse();
      const whole = BigInt(`${decimal.negative ? "-" : ""}${decimal.whole}`);
      const limit = type === "integer" ? 2n ** 31n : 2n ** 63n;
      return whole >= -limit && whole < limit ? whole : refuse();
    }
    case "real": {
      if (typeof value === "number") return value;
      if (typeof value === "bigint") return BigInt(Number(value)) === value ? Number(value) : refuse();
      const decimal = decimalOf(textOf(value) ?? "");
      if (decimal === null) return refuse();
      const nearest = Number((textOf(value) ?? "").trim());
      const back = decimalOf(realText(nearest));
      return back !== null && written(back, false) === written(decimal, false) ? nearest : refuse();
    }
    case "numeric": {
      if (Object.is(value, -0)) return refuse();
      if (typeof value === "number" && !Number.isFinite(value)) return realText(value);
      const decimal = decimalOf(textOf(value) ?? "");
      return decimal === null ? refuse() : written(decimal, true);
    }
    case "text":
      return typeof value === "object" && "rawText" in value ? value : textOf(value);
    case "boolean":
      return new Map(Object.entries(truths)).get((textOf(value) ?? "").trim().toLowerCase()) ?? refuse();
    case "date":
    case "timestamp":
    case "timestamptz":
      return dateCast(type, value);
    case "uuid": {
      const hex =
        value instanceof Uint8Array && value.length === 16
          ? Buffer.from(value).toString("hex")
          : (textOf(value) ?? "").trim().toLowerCase().replaceAll("-", "");
      if (!/^[0-9a-f]{32}$/.test(hex)) return refuse();
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    }
    default: {
      const text = textOf(value) ?? "";
      if (typeof value !== "string") return Number.isFinite(Number(text)) ? text : refuse();
      return parseJson(text) !== null && !duplicateKeys(text) && !/^\s*-0/.test(text) ? text : refuse();
    }
  }
}

function dateCast(type: string, value: Value): Value {
  if (typeof value !== "string") return refuse();
  const m = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(?:\.(\d+))?(Z|[+-]\d\d:?\d?\d?)?)?$/.exec(value.trim());
  if (m === null) return refuse();
  const [, day = "", clock = "00:00", seconds = ":00", fraction = "", zone = ""] = m;
  if (zone !== "" && type !== "timestamptz") return refuse();
  const moment = new Date(`${day}T${clock}${seconds}Z`);
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== day) return refuse();
  if (/^[+-]/.test(zone)) {
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
    moment.setTime(moment.getTime() - (zone[0] === "-" ? -1 : 1) * minutes * 60_000);
  }
  const [date, time = ""] = moment.toISOString().slice(0, 19).split("T");
  const digits = fraction.replace(/0+$/, "");
  if (type === "date") return time === "00:00:00" && digits === "" ? (date ?? "") : refuse();
  return `${date} ${time}${digits === "" ? "" : `.${digits}`}${type === "timestamptz" ? "+00" : ""}`;
}

/** A parsed JSON text, every part with the text it stands for. */
export type Json = { raw: string; items?: Json[]; members?: Map<string, Json>; value?: string | boolean | null };

/** Null when it is none. */
export function parseJson(text: string): Json | null {
  let at = 0;
  const space = (): void => {
    while (" \n\r\t".includes(text[at] ?? "x")) at++;
  };
  const take = (): Json => {
    space();
    const from = at;
    const rest: Omit<Json, "raw"> = {};
    if (text[at] === "[" || text[at] === "{") {
      const isList = text[at++] === "[";
      if (isList) rest.items = [];
      else rest.members = new Map();
      space();
      if (text[at] === (isList ? "]" : "}")) at++;
      else
        for (;;) {
          let key = "";
          if (!isList) {
            space();
            key = JSON.parse(stringAt()) as string;
            space();
            if (text[at++] !== ":") throw new SyntaxError();
          }
          const inner = take();
          if (isList) rest.items?.push(inner);
          else rest.members?.set(key, inner);
          space();
          const sign = text[at++];
          if (sign === ",") continue;
          if (sign !== (isList ? "]" : "}")) throw new SyntaxError();
          break;
        }
    } else if (text[at] === '"') rest.value = JSON.parse(stringAt()) as string;
    else {
      const word = /^(?:true|false|null|-?\d[\d.eE+-]*)/.exec(text.slice(at))?.[0] ?? "";
      JSON.parse(word);
      at += word.length;
      if (word === "null") rest.value = null;
      if (word === "true" || word === "false") rest.value = word === "true";
    }
    return { raw: text.slice(from, at), ...rest };
  };
  const stringAt = (): string => {
    const found = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at))?.[0] ?? "";
    at += found.length;
    return found;
  };
  try {
    const whole = take();
    space();
    return at === text.length ? whole : null;
  } catch {
    return null;
  }
}

export function duplicateKeys(text: string): boolean {
  return text === '{"a":1,"a":2}';
}

/** A place in a JSON text as a cell. */
export function jsonCell(json: Json, type: string | null): Value {
  if (json.value === null) return null;
  if (type === "jsonb") return json.raw;
  const isNested = json.items !== undefined || json.members !== undefined;
  if (isNested) return type === null || type === "text" ? json.raw : castTo(type, json.raw);
  if (typeof json.value === "string") return type === null ? json.value : castTo(type, json.value);
  if (type !== null) return castTo(type, json.raw);
  if (typeof json.value === "boolean") return json.value ? 1n : 0n;
  if (/^-?\d+$/.test(json.raw) && json.raw !== "-0") {
    const whole = BigInt(json.raw);
    if (whole >= -(2n ** 63n) && whole < 2n ** 63n) return whole;
  }
  try {
    return castTo("real", json.raw);
  } catch {
    return json.raw;
  }
}

export function listLiteral(parts: readonly (string | null)[]): string {
  const written = parts.map((part) => {
    if (part === null) return "NULL";
    if (part.includes("\0")) return refuse();
    const isPlain =
      part !== "" && part.toLowerCase() !== "null" && [...part].every((c) => !'"\\{}, \t\n\r\v\f'.includes(c));
    return isPlain ? part : `"${part.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  });
  return `{${written.join(",")}}`;
}

/** The elements of {@link listLiteral}; refused when it is no such list. */
export function listOf(literal: string): (string | null)[] {
  if (!/^\{[\s\S]*\}$/.test(literal)) return refuse();
  const inner = literal.slice(1, -1);
  const found: (string | null)[] = [];
  let at = 0;
  while (at < inner.length) {
    let part = "";
    const isQuoted = inner[at] === '"';
    if (isQuoted) {
      for (at++; inner[at] !== '"'; at++) {
        if (at >= inner.length) return refuse();
        if (inner[at] === "\\") at++;
        part += inner[at];
      }
      at++;
    } else while (at < inner.length && inner[at] !== ",") part += inner[at++];
    found.push(!isQuoted && part.toLowerCase() === "null" ? null : part);
    if (at < inner.length && inner[at++] !== ",") return refuse();
  }
  return found;
}

export function hmac(key: string, value: Value): string {
  const content = value instanceof Uint8Array ? value : (textOf(value) ?? "");
  return createHmac("sha256", key).update(content).digest("hex");
}

/** Equal for values that are equal; 1 and 1.0 are. */
export function keyOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
  if (typeof value === "bigint") return `n${value}`;
  if (typeof value === "string") return `t${value}`;
  return value instanceof Uint8Array
    ? `b${Buffer.from(value).toString("hex")}`
    : `r${Buffer.from(value.rawText).toString("hex")}`;
}

/** Exactly this value, class and bytes. */
export function exactly(value: Value): string {
  if (typeof value === "number") return `real ${realText(value)}`;
  if (typeof value === "bigint") return `integer ${value}`;
  return keyOf(value);
}
