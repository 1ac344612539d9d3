/**
 * JSON by parsed value: order of members and blanks are free, numbers are exact
 * decimals, and a key that comes twice is another value than a key that comes
 * once.
 */
import { walkJson } from "../core/values/walk-json.ts";
import { decimalOf, decimalToken } from "./decimal.ts";

export type Json =
  | { readonly kind: "word"; readonly text: "true" | "false" | "null" }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "array"; readonly items: readonly Json[] }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, Json])[] };

/** Null when the text is not JSON, or nested deeper than {@link maxDepth}. */
export function parseJson(text: string): Json | null {
  const open: Open[] = [];
  let root: Json | null = null;
  const add = (json: Json): void => {
    const within = open.at(-1);
    if (within === undefined) root = json;
    else if (within.json.kind === "array") within.json.items.push(json);
    else within.json.members.push([within.key, json]);
  };
  const isJson = walkJson(text, maxDepth, {
    begin(bracket) {
      const json: Open["json"] = bracket === "{" ? { kind: "object", members: [] } : { kind: "array", items: [] };
      add(json);
      open.push({ json, key: "" });
    },
    end: () => void open.pop(),
    key(name) {
      const within = open.at(-1);
      if (within !== undefined) within.key = name;
    },
    string: (value) => add({ kind: "string", text: value }),
    number: (raw) => add({ kind: "number", text: raw }),
    word: (word) => add({ kind: "word", text: word }),
  });
  return isJson ? root : null;
}

/** An object or array being read; `key`: of the member whose value comes next. */
type Open = {
  readonly json:
    | { readonly kind: "array"; readonly items: Json[] }
    | { readonly kind: "object"; readonly members: [string, Json][] };
  key: string;
};

/** Deeper texts are compared as texts. */
const maxDepth = 1000;

/** The same text for the same value. */
export function canonicalJson(json: Json): string {
  switch (json.kind) {
    case "word":
      return json.text;
    case "number":
      return decimalToken(decimalOf(json.text));
    case "string":
      return JSON.stringify(json.text);
    case "array":
      return `[${json.items.map(canonicalJson).join(",")}]`;
    case "object": {
      // The sort is stable: values of one key keep their order.
      const sorted = [...json.members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(",")}}`;
    }
  }
}
