/** Reads the string of FTS5's `tokenize` option, with FTS5's own rules for arguments, defaults and what is an error. */
import { pairsOf, sameWord, splitArguments } from "./arguments.ts";
import { type AsciiOrder, asciiAlphanumeric, asciiTokenizer, withOrders } from "./ascii.ts";
import type { KnownTokenizer, PorterTokenizer, Tokenizer, TrigramTokenizer, WordTokenizer } from "./tokenizer.ts";
import { parseUnicode61 } from "./unicode61.ts";

/** `tokenize` without the quotes around it; "" is FTS5's default. */
export function parseTokenizer(tokenize: string): Tokenizer {
  const words = splitArguments(tokenize);
  if (words === null) return { known: false, name: tokenize, reason: "parse error in tokenize directive" };
  const [name = "unicode61", ...options] = words;
  if (!names.some((known) => sameWord(name, known)))
    return { known: false, name, reason: `no such tokenizer: ${name}` };
  return parseNamed(name, options) ?? { known: false, name, reason: "error in tokenizer constructor" };
}

/** The stems of `base`. */
export function porterOf(base: PorterTokenizer["base"]): PorterTokenizer {
  return { known: true, kind: "porter", key: `porter_${base.key}`, separator: base.separator, base };
}

function parseNamed(name: string, options: readonly string[]): KnownTokenizer | null {
  if (sameWord(name, "porter")) return parsePorter(options);
  if (sameWord(name, "trigram")) return parseTrigram(options);
  if (sameWord(name, "ascii")) return parseAscii(options);
  if (sameWord(name, "unicode61")) return parseUnicode61(options);
  return null;
}

/** Says `porter` again as often as one likes; what follows is the base, unicode61 if nothing does. */
function parsePorter(words: readonly string[]): PorterTokenizer | null {
  const from = words.findIndex((word) => !sameWord(word, "porter"));
  const [name = "unicode61", ...options] = from < 0 ? [] : words.slice(from);
  const base = parseNamed(name, options);
  return base === null || base.kind === "porter" ? null : porterOf(base);
}

function parseTrigram(words: readonly string[]): TrigramTokenizer | null {
  let caseSensitive = false;
  let removeDiacritics = false;
  for (const [name, value] of pairsOf(words) ?? [["", ""]]) {
    if (sameWord(name, "case_sensitive") && /^[01]$/.test(value)) caseSensitive = value === "1";
    else if (sameWord(name, "remove_diacritics") && /^[012]$/.test(value)) removeDiacritics = value !== "0";
    else return null;
  }
  if (caseSensitive && removeDiacritics) return null;
  const key = caseSensitive ? "trigram_cs" : removeDiacritics ? "trigram_rd1" : "trigram";
  // SQLite reads U+FFFE as U+FFFD, so no token has it
  return { known: true, kind: "trigram", key, separator: "\ufffe", caseSensitive, removeDiacritics };
}

function parseAscii(words: readonly string[]): WordTokenizer | null {
  const orders: AsciiOrder[] = [];
  for (const [name, value] of pairsOf(words) ?? [["", ""]]) {
    if (!sameWord(name, "tokenchars") && !sameWord(name, "separators")) return null;
    orders.push({ token: sameWord(name, "tokenchars"), characters: value });
  }
  return asciiTokenizer(withOrders(asciiAlphanumeric, orders));
}

const names = ["unicode61", "ascii", "porter", "trigram"];
