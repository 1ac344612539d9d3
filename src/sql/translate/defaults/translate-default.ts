/**
 * DEFAULT values, in the form the column stores: SQLite applies the column's
 * affinity to a default as to any inserted value, and the column's encoding
 * says what of the result the target's type can hold.
 */

import type { Expression } from "../../parse/ast.ts";
import { parseExpressionText } from "../../parse/parse-select.ts";
import { SqlSyntaxError } from "../../parse/syntax-error.ts";
import type { Scope } from "../scope.ts";
import { translateExpression } from "../translate-expression.ts";
import { refuse, type Translation, translating } from "../translation.ts";
import type { DefaultColumn } from "./default-column.ts";
import { literalDefault } from "./default-literal.ts";
import { isNowText, nowDefault } from "./default-now.ts";
import { randomValue } from "./random-value.ts";

/** `text` as `PRAGMA table_xinfo` gives it. */
export function translateDefault(text: string, column: DefaultColumn): Translation {
  return translating((notes) => {
    const node = bareWord(parseExpressionText(text));
    const simple = nowDefault(node, column) ?? literalDefault(node, column) ?? randomDefault(node, column);
    return { sql: simple ?? computed(text, column, notes) };
  });
}

/** Whether the default is the current date and time as a text, whatever the column. */
export function isNowAsText(text: string): boolean {
  try {
    return isNowText(parseExpressionText(text));
  } catch (thrown) {
    if (thrown instanceof SqlSyntaxError) return false;
    throw thrown;
  }
}

/** `DEFAULT abc` and `DEFAULT "abc"` are texts. */
function bareWord(node: Expression): Expression {
  if (node.kind !== "column" || node.table !== null) return node;
  const { from, to } = node;
  if (node.quote === "" && /^(true|false)$/i.test(node.name))
    return { kind: "number", text: /^t/i.test(node.name) ? "1" : "0", from, to };
  return { kind: "string", value: node.name, from, to };
}

/** `lower(hex(randomblob(16)))`: 32 random hex digits; a uuid has them, and the same length. */
function randomDefault(node: Expression, { pgType, encoding }: DefaultColumn): string | null {
  if (node.kind !== "call") return null;
  const [arg] = node.args;
  const lower = node.name === "lower" && arg?.kind === "call";
  const hex = lower && arg.kind === "call" ? arg : node;
  const blob = hex.name === "hex" ? hex.args[0] : undefined;
  if (blob?.kind !== "call" || blob.name !== "randomblob") return null;
  const size = blob.args[0];
  if (size?.kind !== "number" || size.text !== "16") return null;
  if (pgType === "uuid") return "gen_random_uuid()";
  if (encoding.kind !== "text") return refuse(`random text in a column of type ${pgType}`);
  const digits = "replace(gen_random_uuid()::text, '-', '')";
  return lower ? digits : `upper(${digits})`;
}

/** Anything else that needs no column: `(1 + 2)`, `abs(-5)`. */
function computed(text: string, column: DefaultColumn, notes: Set<string>): string {
  const scope: Scope = { schema: "", relations: [], current: null };
  const made = translateExpression(
    text,
    scope,
    { ...column, source: "", target: "", collation: "BINARY" },
    randomValue,
  );
  if (!made.ok) return refuse(made.reason);
  for (const note of made.notes) notes.add(note);
  return `(${made.sql})`;
}
