/**
 * JSON text read token by token. JSON.parse would round numbers, keep one of two equal keys, and put keys that look like
 * numbers first.
 */

/** Called for each part in order; `from` and `to` are its position, `to` exclusive. Handlers that are absent are skipped. */
export type JsonVisitor = {
  /** `bracket` opens an object or array at `from`. */
  begin?(bracket: "{" | "[", from: number): void;
  end?(bracket: "}" | "]", to: number): void;
  key?(name: string, from: number, to: number): void;
  string?(value: string, from: number, to: number): void;
  /** `raw`: as written. */
  number?(raw: string, from: number, to: number): void;
  word?(word: "true" | "false" | "null", from: number, to: number): void;
};

/** False when the text is not JSON, or nested deeper than `deepest`; the visitor may then have seen a part of it. */
export function walkJson(text: string, deepest: number, visitor: JsonVisitor): boolean {
  const walk: Walk = { text, at: 0, depth: 0, deepest, visitor };
  space(walk);
  if (!value(walk)) return false;
  space(walk);
  return walk.at === text.length;
}

type Walk = {
  readonly text: string;
  at: number;
  depth: number;
  readonly deepest: number;
  readonly visitor: JsonVisitor;
};

const words = ["true", "false", "null"] as const;
const numberShape = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function value(walk: Walk): boolean {
  const from = walk.at;
  switch (walk.text[from]) {
    case "{":
      return nested(walk, "{", "}", member);
    case "[":
      return nested(walk, "[", "]", value);
    case '"': {
      const found = string(walk);
      if (found !== null) walk.visitor.string?.(found, from, walk.at);
      return found !== null;
    }
    default:
      return plain(walk, from);
  }
}

function nested(walk: Walk, open: "{" | "[", close: "}" | "]", part: (walk: Walk) => boolean): boolean {
  if (++walk.depth > walk.deepest) return false;
  walk.visitor.begin?.(open, walk.at);
  walk.at++;
  space(walk);
  if (walk.text[walk.at] !== close) {
    for (;;) {
      space(walk);
      if (!part(walk)) return false;
      space(walk);
      if (walk.text[walk.at] !== ",") break;
      walk.at++;
    }
    if (walk.text[walk.at] !== close) return false;
  }
  walk.at++;
  walk.depth--;
  walk.visitor.end?.(close, walk.at);
  return true;
}

function member(walk: Walk): boolean {
  const from = walk.at;
  const key = walk.text[from] === '"' ? string(walk) : null;
  if (key === null) return false;
  walk.visitor.key?.(key, from, walk.at);
  space(walk);
  if (walk.text[walk.at++] !== ":") return false;
  space(walk);
  return value(walk);
}

/** Steps over a string and gives its value; null when it is malformed. By hand, for a pattern would run out of stack. */
function string(walk: Walk): string | null {
  const { text } = walk;
  const from = walk.at++;
  let escapes = false;
  for (; ; walk.at++) {
    const c = text.charCodeAt(walk.at);
    if (Number.isNaN(c) || c < 0x20) return null;
    if (c === 0x22) break;
    if (c !== 0x5c) continue;
    escapes = true;
    walk.at++;
  }
  walk.at++;
  if (!escapes) return text.slice(from + 1, walk.at - 1);
  try {
    return JSON.parse(text.slice(from, walk.at)) as string;
  } catch {
    return null;
  }
}

function plain(walk: Walk, from: number): boolean {
  for (const word of words) {
    if (!walk.text.startsWith(word, from)) continue;
    walk.at += word.length;
    walk.visitor.word?.(word, from, walk.at);
    return true;
  }
  numberShape.lastIndex = from;
  const raw = numberShape.exec(walk.text)?.[0];
  if (raw === undefined) return false;
  walk.at += raw.length;
  walk.visitor.number?.(raw, from, walk.at);
  return true;
}

function space(walk: Walk): void {
  for (;;) {
    const c = walk.text.charCodeAt(walk.at);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
    walk.at++;
  }
}
