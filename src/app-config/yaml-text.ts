/**
 * A setting put into YAML text where the layout is ordinary. What it returns
 * is a proposal: the caller parses it and checks that it means what it should.
 */
import { isAlias, isCollection, isScalar, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { indentBefore, lineEnd, type Setting, splice } from "./setting.ts";
import { type YamlQuote, yamlKey, yamlScalar } from "./yaml-scalar.ts";

/** Where a setting goes; `names` are maps to create on the way, `offset` is for messages. */
export type YamlPlace = { readonly names: readonly string[]; readonly offset: number } & (
  | { readonly kind: "root" }
  | { readonly kind: "pair"; readonly map: YAMLMap }
  | { readonly kind: "value"; readonly pair: Pair | null; readonly owner: YAMLMap | YAMLSeq; readonly index: number }
);

/** null where only the document can be changed. */
export function spliceYaml(text: string, place: YamlPlace, setting: Setting): string | null {
  if (place.kind === "root") return atEnd(text, block(text, place.names, setting, ""));
  if (place.kind === "pair")
    return place.map.flow
      ? intoFlow(text, place.map, place.names, setting)
      : intoBlock(text, place.map, place.names, setting);
  return overValue(text, place, setting);
}

/** One level of indentation, taken from the first line that has one. */
export function indentUnit(text: string): string {
  return /^( {1,8})(?![\s#-])/m.exec(text)?.[1] ?? "  ";
}

function overValue(text: string, place: YamlPlace & { kind: "value" }, setting: Setting): string | null {
  const old: unknown = place.pair ? place.pair.value : place.owner.items[place.index];
  if (isAlias(old) && old.range && place.names.length === 0)
    return splice(text, old.range[0], old.range[1], yamlScalar(setting, "plain"));
  if (!isScalar(old) || !old.range || old.tag) return null;
  const [start, end] = old.range;
  if (start === end || place.names.length > 0) return overNothing(text, place, start === end, setting);
  if (old.type === "BLOCK_LITERAL" || old.type === "BLOCK_FOLDED") return null;
  return splice(text, start, end, yamlScalar(setting, quoteOf(old.type)));
}

/** `key:` with nothing after it: the value goes right behind the colon, before any comment. */
function overNothing(
  text: string,
  place: YamlPlace & { kind: "value" },
  empty: boolean,
  setting: Setting,
): string | null {
  const colon = place.pair && colonEnd(place.pair);
  if (!empty || !colon || !place.pair) return null;
  if (place.names.length === 0) return splice(text, colon, colon, ` ${yamlScalar(setting, "plain")}`);
  const indent = keyIndent(text, place.pair);
  if (place.owner.flow || indent === null) return null;
  return afterLine(text, colon, block(text, place.names, setting, indent + indentUnit(text)));
}

function intoBlock(text: string, map: YAMLMap, names: readonly string[], setting: Setting): string | null {
  const first = map.items[0];
  const column = first && keyColumn(text, first);
  const end = lastOffset(map);
  if (column === undefined || end === null) return null;
  const lines = block(text, names, setting, " ".repeat(column));
  // A block scalar's text ends behind its last line break.
  if (text[end - 1] === "\n") return splice(text, end, end, lines + lineEnd(text));
  return afterLine(text, end, lines);
}

function intoFlow(text: string, map: YAMLMap, names: readonly string[], setting: Setting): string | null {
  const added = flow(names, setting);
  const end = map.items.length > 0 ? lastOffset(map.items.at(-1)) : null;
  if (end !== null) return splice(text, end, end, `, ${added}`);
  if (!map.range || map.items.length > 0) return null;
  return splice(text, map.range[0], map.range[1], `{ ${added} }`);
}

function block(text: string, names: readonly string[], setting: Setting, indent: string): string {
  const [name = "", ...rest] = names;
  const key = `${indent}${yamlKey(name)}:`;
  if (rest.length === 0) return `${key} ${yamlScalar(setting, "plain")}`;
  return key + lineEnd(text) + block(text, rest, setting, indent + indentUnit(text));
}

function flow(names: readonly string[], setting: Setting): string {
  const [name = "", ...rest] = names;
  return `${yamlKey(name)}: ${rest.length === 0 ? yamlScalar(setting, "plain") : `{ ${flow(rest, setting)} }`}`;
}

function afterLine(text: string, offset: number, lines: string): string {
  const end = text.slice(offset).search(/\r?\n|$/) + offset;
  return splice(text, end, end, lineEnd(text) + lines);
}

function atEnd(text: string, lines: string): string {
  if (text === "" || text.endsWith("\n")) return text + lines + lineEnd(text);
  return text + lineEnd(text) + lines;
}

/** Where the last thing written under a node ends, comments not counted. */
function lastOffset(node: unknown): number | null {
  if (isCollection(node) && !node.flow) return lastOffset(node.items.at(-1));
  if (isScalar(node) || isAlias(node) || isCollection(node)) {
    const range = node.range;
    return range && range[0] < range[1] ? range[1] : null;
  }
  const pair = node as Pair | undefined;
  return pair ? (lastOffset(pair.value) ?? colonEnd(pair)) : null;
}

function colonEnd(pair: Pair): number | null {
  const token = pair.srcToken?.sep?.find((part) => part.type === "map-value-ind");
  return token ? token.offset + token.source.length : null;
}

function keyIndent(text: string, pair: Pair): string | null {
  return isScalar(pair.key) && pair.key.range ? indentBefore(text, pair.key.range[0]) : null;
}

/** Counted in characters, so that the first key behind `- ` has one too. */
function keyColumn(text: string, pair: Pair): number | undefined {
  if (!isScalar(pair.key) || !pair.key.range) return undefined;
  const offset = pair.key.range[0];
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function quoteOf(type: string | undefined): YamlQuote {
  return type === "QUOTE_SINGLE" ? "single" : type === "QUOTE_DOUBLE" ? "double" : "plain";
}
