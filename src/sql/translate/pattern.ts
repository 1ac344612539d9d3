/** LIKE (which folds ASCII letters only) and GLOB (which becomes a regular expression). */
import { quoteLiteral } from "../../core/quote.ts";
import type { Expression } from "../parse/ast.ts";
import { lowerAscii } from "./comparison.ts";
import type { Context } from "./context.ts";
import { asText, asValue } from "./convert.ts";
import { type Fragment, logic, textLiteral, wrap } from "./fragment.ts";
import { refuse } from "./translation.ts";

export function matchPattern(node: Extract<Expression, { kind: "pattern" }>, context: Context): Fragment {
  const text = (child: Expression): Fragment => asText(asValue(context.expression(child, context)));
  if (node.op === "GLOB") return glob(text(node.left), text(node.pattern));
  if (node.op !== "LIKE") return refuse(`the operator ${node.op}`);
  const escaping = node.escape === null ? "" : text(node.escape).literal;
  if (escaping === null || [...escaping].length > 1 || /[A-Za-z]/.test(escaping)) return refuse("this ESCAPE of LIKE");
  return logic(`${lower(text(node.left))} LIKE ${lower(text(node.pattern))} ESCAPE ${quoteLiteral(escaping)}`);
}

function lower(text: Fragment): string {
  return text.literal !== null ? quoteLiteral(lowerAscii(text.literal)) : `lower(${wrap(text)} COLLATE "C")`;
}

function glob(text: Fragment, pattern: Fragment): Fragment {
  if (pattern.literal === null) return refuse("GLOB with a pattern that is not a literal");
  const expression = textLiteral(`^(?:${regularExpression(pattern.literal)})$`);
  return logic(`${wrap(text)} COLLATE "C" ~ ${expression.sql}`);
}

function regularExpression(pattern: string): string {
  let made = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "*") made += ".*";
    else if (character === "?") made += ".";
    else if (character === "[") {
      // A ] right after the opening, or after its ^, stands for itself.
      const start = pattern[at + 1] === "^" ? at + 2 : at + 1;
      const close = pattern.indexOf("]", start + 1);
      if (close < 0) return refuse("a GLOB pattern with an open [");
      made += `[${start === at + 2 ? "^" : ""}${members([...pattern.slice(start, close)])}]`;
      at = close;
    } else made += character.replace(/[\\^$.|+(){}\]]/, (special) => `\\${special}`);
  }
  return made;
}

/** What stands in brackets. A - right after a range or a leading ], or at either end, stands for itself. */
function members(characters: readonly string[]): string {
  let made = "";
  for (let at = 0; at < characters.length; at++) {
    const [first = "", dash, last] = characters.slice(at, at + 3);
    made += escaped(first);
    if (dash !== "-" || last === undefined || (at === 0 && first === "]")) continue;
    if (codePoint(last) < codePoint(first))
      return refuse(`the range ${first}-${last} of a GLOB pattern, which is empty`);
    made += `-${escaped(last)}`;
    at += 2;
  }
  return made;
}

function escaped(character: string): string {
  return /[\\[\]^-]/.test(character) ? `\\${character}` : character;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
