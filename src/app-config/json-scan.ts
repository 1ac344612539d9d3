/**
 * A scanner for JSON with comments and trailing commas that keeps where each
 * value stands, so that an edit can leave everything else byte for byte:
 * parsing and writing again would change layout and numbers such as 1e3.
 */
import { badConfig, type Setting, type Source } from "./setting.ts";

/** Offsets are in characters; `end` is exclusive. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;
export type JsonScalar = { kind: "scalar"; start: number; end: number; value: Setting };
export type JsonArray = { kind: "array"; start: number; end: number; items: JsonNode[] };
export type JsonObject = {
  kind: "object";
  start: number;
  end: number;
  members: JsonMember[];
  /** Offset after a comma that follows the last member. */
  trailingComma: number | null;
};
export type JsonMember = { name: string; start: number; keyEnd: number; value: JsonNode };

const deepest = 500;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
const space = /[ \t\r\n]*/y;

export function scanJson(source: Source): JsonNode {
  const { text } = source;
  let at = 0;
  gap();
  const root = value(0);
  gap();
  if (at < text.length) fail("something follows the end of the document");
  return root;

  function value(depth: number): JsonNode {
    if (depth > deepest) fail("nested too deeply");
    const start = at;
    if (text[at] === "{") return object(start, depth);
    if (text[at] === "[") return array(start, depth);
    if (text[at] === '"') {
      const content = string();
      return { kind: "scalar", start, end: at, value: content };
    }
    scalar.lastIndex = at;
    const found = scalar.exec(text)?.[0] ?? fail("a value is missing or misspelt");
    at += found.length;
    return { kind: "scalar", start, end: at, value: JSON.parse(found) as Setting };
  }

  function object(start: number, depth: number): JsonObject {
    const members: JsonMember[] = [];
    let trailingComma: number | null = null;
    at++;
    for (gap(); text[at] !== "}"; gap()) {
      if (members.length > 0 && trailingComma === null) fail("a comma or } is missing");
      const keyStart = at;
      if (text[at] !== '"') fail("a key in double quotes is missing");
      const name = string();
      const keyEnd = at;
      gap();
      if (text[at] !== ":") fail("a colon is missing");
      at++;
      gap();
      members.push({ name, start: keyStart, keyEnd, value: value(depth + 1) });
      trailingComma = comma();
    }
    at++;
    return { kind: "object", start, end: at, members, trailingComma };
  }

  function array(start: number, depth: number): JsonArray {
    const items: JsonNode[] = [];
    let more = true;
    at++;
    for (gap(); text[at] !== "]"; gap()) {
      if (!more) fail("a comma or ] is missing");
      items.push(value(depth + 1));
      more = comma() !== null;
    }
    at++;
    return { kind: "array", start, end: at, items };
  }

  function comma(): number | null {
    gap();
    if (text[at] !== ",") return null;
    at++;
    return at;
  }

  function string(): string {
    const start = at;
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length || text[at] === "\n") fail("a string is not closed");
      if (text[at] === "\\") at++;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      // The engine's message would quote the string, which may be a secret.
      return fail("a string holds a control character or an unknown escape");
    }
  }

  function gap(): void {
    for (;;) {
      space.lastIndex = at;
      at += space.exec(text)?.[0].length ?? 0;
      if (text.startsWith("//", at)) {
        const end = text.indexOf("\n", at);
        at = end < 0 ? text.length : end;
      } else if (text.startsWith("/*", at)) {
        const end = text.indexOf("*/", at + 2);
        if (end < 0) fail("a comment is not closed");
        at = end + 2;
      } else return;
    }
  }

  function fail(message: string): never {
    throw badConfig(source, at, `not JSON: ${message}`, "Correct the file.");
  }
}
