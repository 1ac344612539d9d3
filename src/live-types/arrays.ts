/** A JSON array as PostgreSQL's array_out writes it: `[1,"$a",null]` → `{1,$a,NULL}`. */
import { jsonProblem } from "../core/values/json-facts.ts";
import type { Read } from "./read.ts";

export function isArrayText(text: string): boolean {
  return text.startsWith("[") && jsonProblem(text) !== "invalid";
}

export function readArray(text: string): Read {
  if (jsonProblem(text) !== null) return { ok: false, problem: "unreadable" };
  const literal = arrayText(numbersAsWritten(text));
  return literal === null ? { ok: false, problem: "unreadable" } : { ok: true, text: literal };
}

type Item = string | boolean | null | Item[] | object;

/** Stands before a number; no text has one, for jsonProblem has refused them. */
const numberMark = "\0";

/** JSON.parse would round: numbers outside of strings become marked strings first. */
function numbersAsWritten(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : JSON.stringify(`${numberMark}${token}`),
  );
  return JSON.parse(marked);
}

/** Null where it holds objects, or lists of different depth. */
function arrayText(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const parts = (value as Item[]).map((item) => (Array.isArray(item) ? arrayText(item) : elementText(item)));
  const nested = (value as Item[]).filter((item) => Array.isArray(item)).length;
  if (parts.includes(null) || (nested !== 0 && nested !== parts.length)) return null;
  return `{${parts.join(",")}}`;
}

function elementText(item: Exclude<Item, Item[]>): string | null {
  if (item === null) return "NULL";
  if (typeof item === "boolean") return item ? "t" : "f";
  if (typeof item !== "string") return null;
  if (item.startsWith(numberMark)) return item.slice(numberMark.length);
  return item === "" || /["\\{}, \t\n\r\v\f]/.test(item) || /^null$/i.test(item)
    ? `"${item.replace(/["\\]/g, "\\$&")}"`
    : item;
}
