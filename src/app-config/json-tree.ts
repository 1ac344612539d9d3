/**
 * JSON with comments and trailing commas as a tree that says where each value stands, so that an edit can leave
 * everything else byte for byte: parsing and writing again would change layout and numbers such as 1e3.
 */
import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
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

/** An object or list that is still open; `key`: of the member whose value comes next; `comma`: after the last one, its end. */
type Open = { readonly node: JsonObject | JsonArray; key: Omit<JsonMember, "value"> | null; comma: number | null };

const deepest = 500;

/** Throws at the first thing that is not JSON. No message quotes the text, which may hold secrets. */
export function parseJson(source: Source): JsonNode {
  const open: Open[] = [];
  let root: JsonNode | null = null;
  const fail = (at: number, what: string): never => {
    throw badConfig(source, at, `not JSON: ${what}`, "Correct the file.");
  };
  const add = (node: JsonNode): void => {
    const within = open.at(-1);
    if (within === undefined) root = node;
    else if (within.node.kind === "array") within.node.items.push(node);
    else if (within.key !== null) within.node.members.push({ ...within.key, value: node });
    if (within !== undefined) Object.assign(within, { key: null, comma: null });
  };
  const begin = (node: JsonObject | JsonArray): void => {
    if (open.length > deepest) fail(node.start, "nested too deeply");
    add(node);
    open.push({ node, key: null, comma: null });
  };
  const finish = (end: number): void => {
    const closed = open.pop();
    if (closed === undefined) return;
    closed.node.end = end;
    if (closed.node.kind === "object") closed.node.trailingComma = closed.comma;
  };
  visit(
    source.text,
    {
      onObjectBegin: (start) => begin({ kind: "object", start, end: start, members: [], trailingComma: null }),
      onArrayBegin: (start) => begin({ kind: "array", start, end: start, items: [] }),
      onObjectProperty(name, start, length) {
        const within = open.at(-1);
        if (within !== undefined) within.key = { name, start, keyEnd: start + length };
      },
      onLiteralValue: (value: Setting, start, length) => add({ kind: "scalar", start, end: start + length, value }),
      onSeparator(character, start) {
        const within = open.at(-1);
        if (within !== undefined && character === ",") within.comma = start + 1;
      },
      onObjectEnd: (start, length) => finish(start + length),
      onArrayEnd: (start, length) => finish(start + length),
      onError: (code, at) => fail(at, problem(code, source.text, at, open.at(-1), root !== null)),
    },
    { allowTrailingComma: true },
  );
  return root ?? fail(0, "a value is missing or misspelt");
}

function problem(code: ParseErrorCode, text: string, at: number, within: Open | undefined, complete: boolean): string {
  switch (printParseErrorCode(code)) {
    case "UnexpectedEndOfComment":
      return "a comment is not closed";
    case "UnexpectedEndOfString":
      return "a string is not closed";
    case "InvalidCharacter":
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return "a string holds a control character or an unknown escape";
    case "CloseBraceExpected":
      return "a comma or } is missing";
    case "CloseBracketExpected":
      return "a comma or ] is missing";
    case "ColonExpected":
      return "a colon is missing";
    case "CommaExpected":
    case "InvalidSymbol":
      // A number such as 01 ends, for the parser, where it stops being one.
      if (/[\w.+-]/.test(text[at - 1] ?? "")) return "a value is missing or misspelt";
  }
  if (within === undefined)
    return complete ? "something follows the end of the document" : "a value is missing or misspelt";
  const isObject = within.node.kind === "object";
  if (within.key !== null) return "a value is missing or misspelt";
  const count = within.node.kind === "object" ? within.node.members.length : within.node.items.length;
  if (count > 0 && within.comma === null) return `a comma or ${isObject ? "}" : "]"} is missing`;
  return isObject ? "a key in double quotes is missing" : "a value is missing or misspelt";
}
