/**
 * Cuts a query into FTS5's tokens. What FTS5 cannot read becomes the last
 * token and not an exception, because an error of the grammar before it wins.
 */
export type Token = { readonly kind: TokenKind /** As written, quotes included. */; readonly text: string };

export type TokenKind =
  | (typeof punctuation)[number]
  | "string"
  | "AND"
  | "OR"
  | "NOT"
  | "end"
  | "unterminated"
  | "unknown";

export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at);
    if (token !== null) found.push(token);
    if (token?.kind === "unterminated" || token?.kind === "unknown") return found;
    at += token?.text.length ?? 1;
  }
  found.push({ kind: "end", text: "" });
  return found;
}

/** What a string token stands for. */
export function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** Null for white space. */
function tokenAt(query: string, at: number): Token | null {
  const first = query.charAt(at);
  if (" \t\n\r".includes(first)) return null;
  const mark = punctuation.find((one) => one === first);
  if (mark !== undefined) return { kind: mark, text: mark };
  if (first === '"') return quotedString(query, at);
  bareword.lastIndex = at;
  const word = bareword.exec(query)?.[0];
  if (word === undefined) return { kind: "unknown", text: first };
  // only in upper case
  return { kind: word === "AND" || word === "OR" || word === "NOT" ? word : "string", text: word };
}

function quotedString(query: string, at: number): Token {
  let end = query.indexOf('"', at + 1);
  while (end !== -1 && query[end + 1] === '"') end = query.indexOf('"', end + 2);
  return end === -1
    ? { kind: "unterminated", text: query.slice(at) }
    : { kind: "string", text: query.slice(at, end + 1) };
}

const punctuation = ["(", ")", "{", "}", ":", ",", "+", "*", "-", "^"] as const;

/** FTS5 counts everything outside ASCII as letters, and of ASCII also this one. */
const substitute = "\u001a";
const bareword = new RegExp(`[0-9A-Za-z_${substitute}\\u0080-\\uffff]+`, "y");
