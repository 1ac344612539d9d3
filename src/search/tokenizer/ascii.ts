/** The `ascii` tokenizer, FTS3's `simple`, and what tokenizers with such tables have in common. */
import { createHash } from "node:crypto";
import type { AsciiTokenizer } from "./tokenizer.ts";

/** A `tokenchars` or `separators` option. */
export type AsciiOrder = { readonly token: boolean; readonly characters: string };

/** Null where every ASCII character that is not a letter belongs to tokens: nothing is left to put between them. */
export function asciiTokenizer(ascii: string): AsciiTokenizer | null {
  const separator = separatorOutside(ascii);
  if (separator === null) return null;
  const key = ascii === asciiAlphanumeric ? "ascii" : `ascii_x${keyOf(ascii)}`;
  return { known: true, kind: "ascii", key, separator, ascii };
}

/** The ASCII token characters, in order, after options: the last option about a character wins. */
export function withOrders(ascii: string, orders: readonly AsciiOrder[]): string {
  const members = new Set(ascii);
  for (const { token, characters } of orders) {
    for (const character of characters) {
      if (character > "\x7f") continue;
      if (token) members.add(character);
      else members.delete(character);
    }
  }
  return [...members].sort().join("");
}

/** Not a letter, which folding could bring forth again. */
export function separatorOutside(ascii: string): string | null {
  const all = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
  return [" ", "\n", "\t", ...all].find((c) => !ascii.includes(c) && !/[A-Za-z]/.test(c)) ?? null;
}

/** Eight hexadecimal digits that stand for a meaning, for names. */
export function keyOf(meaning: unknown): string {
  return createHash("sha256").update(JSON.stringify(meaning)).digest("hex").slice(0, 8);
}

export const asciiAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
