/**
 * FTS5's arguments. An argument is `column`, `column UNINDEXED` or `option = value`; names of
 * options may be cut short ("tok=porter"), and only a space counts as white space.
 */
import type { DeclaredColumn, DeclaredContent, FullTextDeclaration } from "./declared.ts";

export function readFts5(parameters: readonly string[]): FullTextDeclaration | null {
  const columns: DeclaredColumn[] = [];
  const given = new Map<Option, string>();
  const prefix: number[] = [];
  for (const parameter of parameters) {
    const read = readArgument(parameter);
    if (read === null) return null;
    if (read.kind === "column") columns.push(read.column);
    else if (read.option === "prefix") {
      const lengths = readPrefix(read.value);
      if (lengths === null) return null;
      prefix.push(...lengths);
    } else {
      if (once.has(read.option) && given.has(read.option)) return null;
      given.set(read.option, read.value);
    }
  }
  const detail = readDetail(given.get("detail") ?? "full");
  const content = readContent(given);
  if (columns.length === 0 || detail === null || content === null) return null;
  for (const option of switches) if (!["0", "1", undefined].includes(given.get(option))) return null;
  return {
    module: "fts5",
    columns,
    tokenize: given.get("tokenize") ?? "",
    content,
    detail,
    prefix,
    columnsize: given.get("columnsize") !== "0",
    tokendata: given.get("tokendata") === "1",
    locale: given.get("locale") === "1",
  };
}

/** In FTS5's order: the first whose name begins so is meant. */
const options = [
  "prefix",
  "tokenize",
  "content",
  "contentless_delete",
  "contentless_unindexed",
  "content_rowid",
  "columnsize",
  "locale",
  "detail",
  "tokendata",
] as const;
type Option = (typeof options)[number];
const once: ReadonlySet<Option> = new Set<Option>(["tokenize", "content_rowid", "content"]);
const switches: readonly Option[] = [
  "contentless_delete",
  "contentless_unindexed",
  "columnsize",
  "locale",
  "tokendata",
];

type Argument = { readonly kind: "column"; readonly column: DeclaredColumn } | OptionArgument;
type OptionArgument = { readonly kind: "option"; readonly option: Option; readonly value: string };

function readArgument(text: string): Argument | null {
  const first = readWord(text, 0);
  if (first === null) return null;
  let at = skipSpaces(text, first.to);
  const isOption = text[at] === "=";
  if (isOption && first.quoted) return null;
  if (isOption) at = skipSpaces(text, at + 1);
  const second = at < text.length ? readWord(text, at) : null;
  if (at < text.length && second?.to !== text.length) return null;
  if (isOption) {
    const option = options.find((name) => name.startsWith(first.value.toLowerCase()));
    return option === undefined ? null : { kind: "option", option, value: second?.value ?? "" };
  }
  if (/^(rank|rowid)$/i.test(first.value)) return null;
  if (second !== null && second.value.toLowerCase() !== "unindexed") return null;
  return { kind: "column", column: { name: first.value, indexed: second === null } };
}

type Word = { readonly value: string; readonly quoted: boolean; readonly to: number };

function readWord(text: string, from: number): Word | null {
  const open = text[from] ?? "";
  if (!/['"[`]/.test(open)) {
    const bare = /^[0-9A-Za-z_\u0080-\uffff]+/.exec(text.slice(from))?.[0];
    return bare === undefined ? null : { value: bare, quoted: false, to: from + bare.length };
  }
  const close = open === "[" ? "]" : open;
  let value = "";
  let at = from + 1;
  for (; at < text.length; at++) {
    if (text[at] === close && text[++at] !== close) break;
    value += text[at] ?? "";
  }
  return { value, quoted: true, to: Math.min(at, text.length) };
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === " ") at++;
  return at;
}

/** "2 3" or "2,3". */
function readPrefix(value: string): number[] | null {
  if (!/^ *(\d+(?:(?: *, *| +)\d+)* *)?$/.test(value)) return null;
  const lengths = (value.match(/\d+/g) ?? []).map(Number);
  return lengths.every((length) => length > 0 && length < 1000) ? lengths : null;
}

/** FTS5's own word is "columns"; that too may be cut short, but not to nothing. */
function readDetail(value: string): FullTextDeclaration["detail"] | null {
  const names = ["none", "full", "columns"].filter((name) => name.startsWith(value.toLowerCase()));
  if (names.length !== 1) return null;
  return names[0] === "columns" ? "column" : names[0] === "none" ? "none" : "full";
}

function readContent(given: ReadonlyMap<Option, string>): DeclaredContent | null {
  const table = given.get("content");
  const deletable = given.get("contentless_delete") === "1";
  if (table === "") {
    if (deletable && given.get("columnsize") === "0") return null;
    return { kind: "contentless", delete: deletable, unindexed: given.get("contentless_unindexed") === "1" };
  }
  if (deletable || given.get("contentless_unindexed") === "1") return null;
  if (table === undefined) return { kind: "own" };
  return { kind: "external", table, rowid: given.get("content_rowid") ?? "rowid" };
}
