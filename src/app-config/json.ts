/** JSON files: one setting changed or added in the text, everything else left byte for byte. */

import { type JsonNode, type JsonObject, parseJson } from "./json-tree.ts";
import { isIndex, newNames, noSuchItem, steps, throughValue } from "./key-path.ts";
import { badConfig, indentBefore, lineEnd, type Setting, type Source, splice } from "./setting.ts";

export function setInJson(source: Source, key: string, setting: Setting): string {
  const { text } = source;
  const root = parseJson(source);
  if (root.kind !== "object") throw badConfig(source, root.start, "the document is not an object", "Correct the file.");
  const place = find(source, root, key, key, null);
  const style = styleOf(text, root, place.object);
  if (place.kind === "member") return insert(text, place.object, place.names, setting, style);
  const indent = indentBefore(text, place.memberStart);
  return splice(text, place.node.start, place.node.end, render(place.names, setting, indent, style));
}

/** All plain values by their paths; items of lists by number. */
export function readJson(source: Source): Map<string, Setting> {
  const found = new Map<string, Setting>();
  collect(parseJson(source), "");
  return found;

  function collect(node: JsonNode, path: string): void {
    if (node.kind === "scalar") found.set(path, node.value);
    else if (node.kind === "array") for (const [i, item] of node.items.entries()) collect(item, join(path, String(i)));
    else for (const member of node.members) collect(member.value, join(path, member.name));
  }
}

type Place =
  /** The value to replace; `names` are maps to create in it (a null on the way counts as missing). */
  | { kind: "value"; object: JsonObject | null; node: JsonNode; memberStart: number; names: string[] }
  | { kind: "member"; object: JsonObject; names: string[] };

function find(source: Source, node: JsonNode, path: string, key: string, object: JsonObject | null): Place {
  if (node.kind === "object") object = node;
  for (const { name, rest } of steps(path)) {
    const child = childOf(source, node, name, key);
    if (!child) continue;
    const { value, start } = child;
    if (rest === null) return { kind: "value", object, node: value, memberStart: start, names: [] };
    if (value.kind !== "scalar") return find(source, value, rest, key, object);
    if (value.value !== null) throw throughValue(source, start, name, key);
    return { kind: "value", object, node: value, memberStart: start, names: newNames(source, start, rest) };
  }
  if (node.kind !== "object") throw noSuchItem(source, node.start, path.split(".")[0] ?? path, key);
  return { kind: "member", object: node, names: newNames(source, node.start, path) };
}

function childOf(source: Source, node: JsonNode, name: string, key: string) {
  if (node.kind === "array") {
    const value = isIndex(name) ? node.items[Number(name)] : undefined;
    return value && { value, start: value.start };
  }
  if (node.kind === "scalar") return undefined;
  const [first, second] = node.members.filter((member) => member.name === name);
  // Parsers disagree on which of two equal keys counts, so no edit of one is safe.
  if (second) throw badConfig(source, second.start, `"${name}" (of "${key}") occurs twice`, "Remove one of them.");
  return first;
}

/** `unit`: one level of indentation; `colon`: what stands between a key and its value. */
type Style = { unit: string; colon: string; eol: string; spread: boolean };

function styleOf(text: string, root: JsonObject, object: JsonObject | null): Style {
  const first = root.members[0];
  const indent = first ? indentBefore(text, first.start) : "  ";
  const sample = object?.members.at(-1) ?? first;
  const colon = sample ? text.slice(sample.keyEnd, sample.value.start) : ": ";
  return {
    unit: indent || "  ",
    colon: /^[ \t]*:[ \t]*$/.test(colon) ? colon : ": ",
    eol: lineEnd(text),
    spread: indent !== null,
  };
}

function insert(text: string, object: JsonObject, names: string[], setting: Setting, style: Style): string {
  const last = object.members.at(-1);
  if (!last) return insertFirst(text, object, names, setting, style);
  const indent = indentBefore(text, last.start);
  const member = renderMember(names, setting, indent, style);
  const comma = object.trailingComma;
  const end = comma ?? last.value.end;
  if (indent === null) {
    const gap = gapBetween(text, object) ?? (style.colon === ":" ? "" : " ");
    return splice(text, end, end, comma === null ? `,${gap}${member}` : `${gap}${member},`);
  }
  const line = afterComments(text, end);
  const added = `${style.eol}${indent}${member}${comma === null ? "" : ","}`;
  return `${text.slice(0, end)}${comma === null ? "," : ""}${text.slice(end, line)}${added}${text.slice(line)}`;
}

function insertFirst(text: string, object: JsonObject, names: string[], setting: Setting, style: Style): string {
  const inner = text.slice(object.start + 1, object.end - 1);
  const base = /[^\n]*$/.exec(text.slice(0, object.start))?.[0].match(/^[ \t]*/)?.[0] ?? "";
  const indent = style.spread || inner.includes("\n") ? base + style.unit : null;
  const member = renderMember(names, setting, indent, style);
  const head = indent === null ? member : `${style.eol}${indent}${member}`;
  const tail = inner.trim() !== "" ? inner : indent === null ? "" : `${style.eol}${base}`;
  return splice(text, object.start + 1, object.end - 1, head + tail);
}

/** The white space between the last two members, when it is nothing but that. */
function gapBetween(text: string, object: JsonObject): string | null {
  const [before, last] = object.members.slice(-2);
  if (!before || !last) return null;
  return /^,([ \t]*)$/.exec(text.slice(before.value.end, last.start))?.[1] ?? null;
}

/** Skips the comments that follow on the same line: they belong to the member before. */
function afterComments(text: string, offset: number): number {
  const comments = /(?:[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/))*/y;
  comments.lastIndex = offset;
  return offset + (comments.exec(text)?.[0].length ?? 0);
}

function renderMember(names: string[], setting: Setting, indent: string | null, style: Style): string {
  const [name, ...rest] = names;
  return JSON.stringify(name) + style.colon + render(rest, setting, indent, style);
}

/** `indent` is that of the member's own line, null to stay on one line. */
function render(names: string[], setting: Setting, indent: string | null, style: Style): string {
  if (names.length === 0) return JSON.stringify(setting);
  if (indent === null) return `{${renderMember(names, setting, null, style)}}`;
  const deeper = indent + style.unit;
  return `{${style.eol}${deeper}${renderMember(names, setting, deeper, style)}${style.eol}${indent}}`;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
