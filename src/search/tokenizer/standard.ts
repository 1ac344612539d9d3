/** The tokenizers whose functions every installation has: those that people write. Others come with an index of theirs. */
import { parseTokenizer } from "./parse-tokenizer.ts";
import type { KnownTokenizer } from "./tokenizer.ts";

/** A base before the porter over it: its functions call those of the base. */
export function standardTokenizers(): KnownTokenizer[] {
  return strings.map(parseTokenizer).filter((tokenizer) => tokenizer.known);
}

const words = [0, 1, 2].map((level) => `unicode61 remove_diacritics ${level}`).concat("ascii");

const strings = [
  ...words,
  ...words.map((base) => `porter ${base}`),
  "trigram",
  "trigram case_sensitive 1",
  "trigram remove_diacritics 1",
];
