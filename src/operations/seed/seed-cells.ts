/**
 * A line of an export, for seeds. Numbers keep their digits, and nested JSON its
 * text: the target's column decides their type. The file's digest matched the
 * manifest's, so rowhaul itself wrote the line.
 */

/** A bigint is an integer; every other number is its digits as a string. */
export type SeedCell = null | bigint | string | Buffer;

/** The object's members as they are written: key, then the value's text. Throws for what is no object. */
export function splitMembers(line: string): [string, string][] {
  if (!line.startsWith("{") || !line.endsWith("}")) throw new Error(`a line is no object: ${line.slice(0, 40)}`);
  const members: [string, string][] = [];
  let depth = 0;
  let start = 1;
  let key: string | null = null;
  const take = (end: number): void => {
    if (key !== null) members.push([key, line.slice(start, end).trim()]);
    key = null;
  };
  for (let at = 1; at < line.length - 1; at++) {
    const c = line[at];
    if (c === '"') at = endOfString(line, at);
    else if (c === "{" || c === "[") depth += 1;
    else if (c === "}" || c === "]") depth -= 1;
    else if (depth === 0 && c === ":" && key === null) {
      key = JSON.parse(line.slice(start, at)) as string;
      start = at + 1;
    } else if (depth === 0 && c === ",") {
      take(at);
      start = at + 1;
    }
  }
  take(line.length - 1);
  return members;
}

export function seedCell(text: string): SeedCell {
  if (text === "null") return null;
  if (text.startsWith('"')) return JSON.parse(text) as string;
  if (/^-?\d+$/.test(text)) return BigInt(text);
  if (!text.startsWith("{")) return text;
  const [first, ...others] = splitMembers(text);
  if (first === undefined || others.length > 0 || !first[0].startsWith("$")) return text;
  const value = JSON.parse(first[1]) as string;
  switch (first[0]) {
    case "$bytes":
      return Buffer.from(value, "base64");
    case "$real":
    case "$json":
    case "$numeric":
      return value;
    case "$text":
      throw new Error("a text of the seed is not valid UTF-8");
    default:
      return text;
  }
}

/** Position of the closing quote. */
function endOfString(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === '"') return at;
  }
  return line.length;
}
