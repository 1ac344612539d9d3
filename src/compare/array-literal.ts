/** PostgreSQL's way of writing an array, `{a,"b c",NULL}`, read back. */

export type ArrayItem = string | null | readonly ArrayItem[];

/** Null when the text is no array. Bounds before it (`[0:2]={…}`) are part of its value and make it one that JSON has no counterpart of. */
export function parseArrayLiteral(text: string): readonly ArrayItem[] | null {
  const reader = { text, at: 0 };
  const items = readItems(reader);
  return reader.at === text.length ? items : null;
}

type Reader = { readonly text: string; at: number };

function readItems(reader: Reader): ArrayItem[] | null {
  if (reader.text[reader.at] !== "{") return null;
  reader.at += 1;
  const items: ArrayItem[] = [];
  if (reader.text[reader.at] === "}") {
    reader.at += 1;
    return items;
  }
  for (;;) {
    const item = readItem(reader);
    if (item === undefined) return null;
    items.push(item);
    const next = reader.text[reader.at];
    reader.at += 1;
    if (next === "}") return items;
    if (next !== ",") return null;
  }
}

const quoted = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
const bare = /[^{}",\\\s]+/y;

function readItem(reader: Reader): ArrayItem | undefined {
  const next = reader.text[reader.at];
  if (next === "{") return readItems(reader) ?? undefined;
  const shape = next === '"' ? quoted : bare;
  shape.lastIndex = reader.at;
  const found = shape.exec(reader.text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  if (found[1] !== undefined) return found[1].replace(/\\([\s\S])/g, "$1");
  return found[0] === "NULL" ? null : found[0];
}
