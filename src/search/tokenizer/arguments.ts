/** Splits a tokenizer string into its arguments as FTS5 does: barewords and strings in single quotes, nothing else. */

/** Null where FTS5 calls it a parse error. */
export function splitArguments(text: string): string[] | null {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    argument.lastIndex = at;
    const match = argument.exec(text);
    if (match === null) return null;
    found.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll("''", "'"));
    at = argument.lastIndex;
  }
  return found;
}

/** Option names go by ASCII case only, as SQLite compares them. */
export function sameWord(a: string, b: string): boolean {
  return a.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) === b;
}

/** Pairs of option and value; null for an odd number of arguments. */
export function pairsOf(words: readonly string[]): [name: string, value: string][] | null {
  if (words.length % 2 === 1) return null;
  return Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i] ?? "", words[2 * i + 1] ?? ""]);
}

// a string needs no space behind it
const argument = / *(?:'((?:[^']|'')*)'(?!')|([0-9A-Za-z_\cZ\x80-\u{10ffff}]+)) */uy;
