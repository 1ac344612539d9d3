/**
 * Reads the `tokenize` option of FTS3 and FTS4. Their `simple` and `unicode61` make the very tokens that FTS5's
 * ascii and unicode61 make, over every code point; their `porter` is another stemmer than FTS5's and not known here.
 */
import { asciiAlphanumeric, asciiTokenizer } from "./ascii.ts";
import type { Tokenizer, WordTokenizer } from "./tokenizer.ts";
import { asciiOf, categorySet, exceptionsOf, unicode61Of } from "./unicode61.ts";

/** What follows `tokenize=` or `tokenize `; "" is the default, simple. */
export function parseFts3Tokenizer(text: string): Tokenizer {
  const [name = "simple", ...options] = words(text);
  const parsed = name === "simple" ? parseSimple(options) : name === "unicode61" ? parseUnicode61(options) : undefined;
  if (parsed === undefined) return { known: false, name, reason: `unknown tokenizer: ${name}` };
  return parsed ?? { known: false, name, reason: "unknown tokenizer" };
}

/** Identifiers and quoted strings; whatever stands between them is passed over. */
function words(text: string): string[] {
  const found =
    text.match(/'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|[0-9A-Za-z_$\x80-\u{10ffff}]+/gu) ?? [];
  return found.map(dequote);
}

function dequote(word: string): string {
  const [open = ""] = word;
  if (!/['"`[]/.test(open)) return word;
  const close = open === "[" ? "]" : open;
  const body = word.endsWith(close) && word.length > 1 ? word.slice(1, -1) : word.slice(1);
  return body.replaceAll(close + close, close);
}

/** The second argument, strangely not the first, is the list of separators. */
function parseSimple(options: readonly string[]): WordTokenizer | null {
  const separators = options[1];
  if (separators === undefined) return asciiTokenizer(asciiAlphanumeric);
  if (/[^\p{ASCII}]/u.test(separators)) return null;
  const all = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
  return asciiTokenizer(all.filter((c) => !separators.includes(c)).join(""));
}

/** Options are `name=value`, in small letters. One that turns a character round is not taken back by a later one. */
function parseUnicode61(options: readonly string[]): WordTokenizer | null {
  let removeDiacritics: 0 | 1 | 2 = 1;
  const usual = categorySet("L* N* Co");
  if (usual === null) return null;
  const members = new Set(asciiOf(usual));
  const turned = new Set<string>();
  const orders: { token: boolean; characters: string }[] = [];
  for (const option of options) {
    const [, name, value = ""] = /^(remove_diacritics|tokenchars|separators)=(.*)$/s.exec(option) ?? [];
    if (name === "remove_diacritics" && /^[012]$/.test(value))
      removeDiacritics = value === "0" ? 0 : value === "1" ? 1 : 2;
    else if (name === "tokenchars" || name === "separators") {
      const token = name === "tokenchars";
      orders.push({ token, characters: value });
      for (const c of value) if (c <= "\x7f" && members.has(c) !== token) turned.add(c);
    } else return null;
  }
  for (const c of turned) if (!members.delete(c)) members.add(c);
  const ascii = [...members].sort().join("");
  return unicode61Of({ removeDiacritics, ascii, ...usual, exceptions: exceptionsOf(usual, orders) });
}
