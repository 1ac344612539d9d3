/**
 * YAML files. The setting is first put into the text itself, so that every
 * other byte stays; where the layout is too unusual for that (block scalars,
 * tags, explicit keys …) the parsed document is changed and written again,
 * which keeps comments, order and quotes but may change spacing. The result
 * of either is parsed and must hold exactly what the changed document holds.
 */
import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap } from "yaml";
import { isIndex, newNames, noSuchItem, steps, throughValue } from "./key-path.ts";
import { badConfig, lineEnd, type Setting, type Source } from "./setting.ts";
import { yamlKey, yamlScalar } from "./yaml-scalar.ts";
import { indentUnit, spliceYaml, type YamlPlace } from "./yaml-text.ts";

export function setInYaml(source: Source, key: string, setting: Setting): string {
  const document = parseYaml(source);
  const place = find(source, document, key);
  const spliced = spliceYaml(source.text, place, setting);
  change(document, place, setting);
  const wanted = valuesOf(source, document);
  if (spliced !== null && holds(source, spliced, wanted)) return spliced;
  const written = rewritten(source.text, document);
  if (holds(source, written, wanted)) return written;
  throw badConfig(source, place.offset, `"${key}" cannot be set in this layout`, "Set it by hand after the cutover.");
}

/** All plain values by their paths; items of lists by number. Merge keys (`<<`) are followed. */
export function readYaml(source: Source): Map<string, Setting> {
  const found = new Map<string, Setting>();
  collect(valuesOf(source, parseYaml(source, true)), "");
  return found;

  function collect(value: unknown, path: string): void {
    const join = (name: unknown) => (path === "" ? String(name) : `${path}.${String(name)}`);
    if (value instanceof Map) for (const [name, child] of value) collect(child, join(name));
    else if (Array.isArray(value)) for (const [i, child] of value.entries()) collect(child, join(i));
    else if (path !== "") found.set(path, plain(value));
  }
}

/** Integers too long for a number stay digits. */
function plain(value: unknown): Setting {
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  return String(value);
}

function parseYaml(source: Source, merge = false): Document.Parsed {
  // Big integers, because writing a document again would round the others.
  const document = parseDocument(source.text, {
    keepSourceTokens: true,
    intAsBigInt: true,
    merge,
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (!error) return document;
  if (error.code === "MULTIPLE_DOCS") {
    const hint = "Set the key by hand after the cutover, or split the file.";
    throw badConfig(source, error.pos[0], "files of several YAML documents are not edited", hint);
  }
  // The code alone: the parser's messages quote the file.
  const what = error.code.toLowerCase().replaceAll("_", " ");
  throw badConfig(source, error.pos[0], `not YAML: ${what}`, "Correct the file.");
}

function find(source: Source, document: Document.Parsed, key: string): YamlPlace {
  let node: unknown = document.contents;
  let path = key;
  if (node === null || (isScalar(node) && node.value === null))
    return { kind: "root", names: newNames(source, 0, key), offset: 0 };
  for (;;) {
    const at: number = offsetOf(node);
    if (isAlias(node)) {
      const message = `"${key}" would be set in what *${node.source} refers to, which other keys share`;
      throw badConfig(source, at, message, "Write that part of the file out instead of the alias.");
    }
    if (!isMap(node) && !isSeq(node)) throw badConfig(source, at, "the document is not a map", "Correct the file.");
    const child = childOf(node, path);
    if (!child) {
      if (isSeq(node)) throw noSuchItem(source, at, path.split(".")[0] ?? path, key);
      const names = newNames(source, at, path);
      if (names.length > 1 && node.items.some((pair) => nameOf(pair) === "<<")) {
        const message = `"${names[0]}" (of "${key}") may come from a merge (<<), which a new map would hide`;
        throw badConfig(source, at, message, "Write that map out in full instead of merging it.");
      }
      return { kind: "pair", map: node, names, offset: at };
    }
    const { rest, pair, index, value } = child;
    const set = { kind: "value", pair, owner: node, index, offset: offsetOf(value) || at } as const;
    if (rest === null) return { ...set, names: [] };
    if (value === null || value === undefined || (isScalar(value) && value.value === null))
      return { ...set, names: newNames(source, set.offset, rest) };
    if (isScalar(value)) throw throughValue(source, set.offset, child.name, key);
    node = value;
    path = rest;
  }
}

function childOf(node: unknown, path: string) {
  for (const { name, rest } of steps(path)) {
    if (isMap(node)) {
      const pair = node.items.find((item) => nameOf(item) === name);
      if (pair) return { name, rest, pair, index: -1, value: pair.value };
    } else if (isSeq(node) && isIndex(name) && Number(name) < node.items.length)
      return { name, rest, pair: null, index: Number(name), value: node.items[Number(name)] };
  }
  return null;
}

/** Keys as written: `1` and `true` are names too. */
function nameOf(pair: Pair): string | null {
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : null;
}

function offsetOf(node: unknown): number {
  const range = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range : null;
  return range?.[0] ?? 0;
}

function change(document: Document, place: YamlPlace, setting: Setting): void {
  if (place.kind === "root") document.contents = nested(document, place.names, setting);
  else if (place.kind === "pair") {
    const [name = "", ...rest] = place.names;
    place.map.add(document.createPair(keyNode(name), nested(document, rest, setting)));
  } else {
    const old: unknown = place.pair ? place.pair.value : place.owner.items[place.index];
    const value = nested(document, place.names, setting);
    if (isScalar(old) || isMap(old) || isSeq(old)) {
      value.comment = old.comment ?? null;
      value.commentBefore = old.commentBefore ?? null;
      if (old.anchor !== undefined) value.anchor = old.anchor;
    }
    if (place.pair) place.pair.value = value;
    else if (isSeq(place.owner)) place.owner.items[place.index] = value;
  }
}

function nested(document: Document, names: readonly string[], setting: Setting): Scalar | YAMLMap {
  const [name, ...rest] = names;
  if (name === undefined) return valueNode(setting);
  const map = document.createNode({}) as YAMLMap;
  map.add(document.createPair(keyNode(name), nested(document, rest, setting)));
  return map;
}

function valueNode(setting: Setting): Scalar {
  // As the parser reads its text again: digits alone are a big integer.
  const digits = typeof setting === "number" && /^-?\d+$/.test(String(setting));
  const node = new Scalar<unknown>(digits ? BigInt(setting) : setting);
  if (typeof setting === "string" && yamlScalar(setting, "plain") !== setting) node.type = "QUOTE_DOUBLE";
  return node;
}

function keyNode(name: string): Scalar {
  const node = new Scalar<unknown>(name);
  if (yamlKey(name) !== name) node.type = "QUOTE_DOUBLE";
  return node;
}

/** The document as text, in the manner of the old text. */
function rewritten(old: string, document: Document): string {
  const flushList = /^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m;
  const options = { lineWidth: 0, indent: indentUnit(old).length, indentSeq: !flushList.test(old) };
  return document.toString(options).replaceAll("\n", lineEnd(old));
}

function holds(source: Source, text: string, wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(valuesOf(source, parseYaml({ ...source, text })), wanted);
  } catch {
    return false;
  }
}

function valuesOf(source: Source, document: Document): unknown {
  try {
    return document.toJS({ mapAsMap: true });
  } catch {
    throw badConfig(source, 0, "an alias refers to nothing, or too much", "Correct the file.");
  }
}
