/** A list as PostgreSQL's array_out writes it, and back: `{a,"b c",NULL}`. */
import { refuse } from "./refuse.ts";

export function arrayLiteral(elements: readonly (string | null)[], column: string): string {
  return `{${elements.map((element) => elementText(element, column)).join(",")}}`;
}

/** Elements of a one-dimensional array; null when the text is none. Character by character: a pattern fails on megabytes. */
export function arrayElements(literal: string): (string | null)[] | null {
  if (!literal.startsWith("{") || !literal.endsWith("}")) return null;
  if (literal === "{}") return [];
  const elements: (string | null)[] = [];
  for (let at = 1; at < literal.length; ) {
    const found = literal[at] === '"' ? quotedElement(literal, at) : bareElement(literal, at);
    if (found === null) return null;
    elements.push(found.element);
    at = found.end;
    if (at === literal.length - 1) return literal[at] === "}" ? elements : null;
    if (literal[at] !== ",") return null;
    at += 1;
  }
  return null;
}

type Found = { readonly element: string | null; readonly end: number };

function quotedElement(literal: string, from: number): Found | null {
  const parts: string[] = [];
  let start = from + 1;
  for (let at = start; at < literal.length; at++) {
    const c = literal.charCodeAt(at);
    if (c === 0x22) return { element: parts.join("") + literal.slice(start, at), end: at + 1 };
    if (c !== 0x5c) continue;
    parts.push(literal.slice(start, at));
    start = at + 1;
    at += 1;
  }
  return null;
}

function bareElement(literal: string, from: number): Found | null {
  let at = from;
  while (at < literal.length && !'",{}\\'.includes(literal.charAt(at))) at += 1;
  const element = literal.slice(from, at);
  if (element === "") return null;
  return { element: /^null$/i.test(element) ? null : element, end: at };
}

function elementText(element: string | null, column: string): string {
  if (element === null) return "NULL";
  if (element.includes("\0")) refuse(column, element, "a list in PostgreSQL cannot hold a NUL character");
  return element === "" || /["\\{}, \t\n\r\v\f]/.test(element) || /^null$/i.test(element)
    ? `"${element.replace(/["\\]/g, "\\$&")}"`
    : element;
}
