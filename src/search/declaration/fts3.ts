/**
 * FTS3's and FTS4's arguments. Whatever is no option is a column, named by its first
 * word; types and constraints after it mean nothing. FTS3 has no option but `tokenize`.
 */
import type { DeclaredContent, FullTextDeclaration } from "./declared.ts";

export function readFts3(module: "fts4" | "fts3", parameters: readonly string[]): FullTextDeclaration | null {
  const names: string[] = [];
  const given = new Map<string, string>();
  const notIndexed: string[] = [];
  let tokenize: string | null = null;
  for (const parameter of parameters) {
    if (tokenize === null && /^tokenize[^\w$\u0080-\uffff]/i.test(parameter)) {
      tokenize = parameter
        .slice(9)
        .replace(/^[^\w$\u0080-\uffff'"`[]+/, "")
        .trim();
      continue;
    }
    const equals = module === "fts4" ? parameter.indexOf("=") : -1;
    if (equals < 0) {
      names.push(unquote(firstWord(parameter)));
      continue;
    }
    const option = parameter.slice(0, equals).toLowerCase();
    const value = unquote(parameter.slice(equals + 1));
    if (!options.has(option)) return null;
    if (option === "notindexed") notIndexed.push(value.toLowerCase());
    else given.set(option, value);
  }
  const content = readContent(given.get("content"));
  if (names.length === 0 && content.kind !== "external") names.push("content");
  const columns = names.map((name) => ({ name, indexed: !notIndexed.includes(name.toLowerCase()) }));
  const known = names.map((name) => name.toLowerCase());
  if (names.length > 0 && notIndexed.some((name) => !known.includes(name))) return null;
  const prefix = readPrefix(given.get("prefix") ?? "");
  if (prefix === null || !isPossible(given)) return null;
  return {
    module,
    columns,
    tokenize: tokenize ?? "",
    content,
    detail: "full",
    prefix,
    columnsize: module === "fts4" && !given.has("matchinfo"),
    tokendata: false,
    locale: false,
  };
}

const options: ReadonlySet<string> = new Set([
  "matchinfo",
  "prefix",
  "compress",
  "uncompress",
  "order",
  "content",
  "languageid",
  "notindexed",
]);

/** A word ends where its characters end; a quoted one may hold its quote twice. */
function firstWord(text: string): string {
  const word = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|[\w$\u0080-\uffff]+/.exec(text);
  return word?.[0] ?? "";
}

function unquote(text: string): string {
  const open = text[0] ?? "";
  if (!/['"[`]/.test(open)) return text;
  const close = open === "[" ? "]" : open;
  let value = "";
  for (let at = 1; at < text.length; at++) {
    if (text[at] === close && text[++at] !== close) break;
    value += text[at] ?? "";
  }
  return value;
}

function readContent(table: string | undefined): DeclaredContent {
  if (table === undefined) return { kind: "own" };
  return table === ""
    ? { kind: "contentless", delete: false, unindexed: false }
    : { kind: "external", table, rowid: "rowid" };
}

/** "2,4": as many as the commas say, whatever stands between them; a length of 0 counts for nothing. */
function readPrefix(value: string): number[] | null {
  if (value === "") return [];
  const lengths: number[] = [];
  let rest = value;
  for (let left = value.split(",").length; left > 0; left--) {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined) return null;
    lengths.push(Number(digits));
    rest = rest.slice(digits.length + 1);
  }
  return lengths.filter((length) => length > 0 && length <= 10_000_000);
}

function isPossible(given: ReadonlyMap<string, string>): boolean {
  const external = given.has("content");
  return (
    /^fts3$/i.test(given.get("matchinfo") ?? "fts3") &&
    /^(asc|desc)$/i.test(given.get("order") ?? "asc") &&
    (external || given.has("compress") === given.has("uncompress"))
  );
}
