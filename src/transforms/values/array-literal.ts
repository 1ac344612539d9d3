/** A list as PostgreSQL's array_out writes it, and back: `{a,"b c",NULL}`. */
import { refuse } from "./refuse.ts";

export function arrayLiteral(elements: readonly (string | null)[], column: string): string {
  return `{${elements.map((element) => elementText(element, column)).join(",")}}`;
}

/** Elements of a one-dimensional array; null when the text is none. */
export function arrayElements(literal: string): (string | null)[] | null {
  if (!literal.startsWith("{") || !literal.endsWith("}")) return null;
  if (literal === "{}") return [];
  const elements: (string | null)[] = [];
  const element = /(?:"((?:[^"\\]|\\.)*)"|((?:[^"\\,{}]|\\.)+))(,|\}$)/sy;
  for (let at = 1; at < literal.length; at = element.lastIndex) {
    element.lastIndex = at;
    const m = element.exec(literal);
    if (m === null) return null;
    const [, quoted, bare = "", end] = m;
    elements.push(quoted === undefined && /^null$/i.test(bare) ? null : (quoted ?? bare).replace(/\\(.)/gs, "$1"));
    if ((end === "}") !== (element.lastIndex === literal.length)) return null;
  }
  return literal.endsWith(",}") ? null : elements;
}

function elementText(element: string | null, column: string): string {
  if (element === null) return "NULL";
  if (element.includes("\0")) refuse(column, element, "a list in PostgreSQL cannot hold a NUL character");
  return element === "" || /["\\{}, \t\n\r\v\f]/.test(element) || /^null$/i.test(element)
    ? `"${element.replace(/["\\]/g, "\\$&")}"`
    : element;
}
