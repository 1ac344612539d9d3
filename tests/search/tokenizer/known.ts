/** Tokenizers with every option that FTS5 has. */
import { parseTokenizer } from "../../../src/search/tokenizer/parse-tokenizer.ts";
import type { KnownTokenizer } from "../../../src/search/tokenizer/tokenizer.ts";

const strings = [
  "unicode61 remove_diacritics 0",
  "unicode61",
  "unicode61 remove_diacritics 2",
  "ascii",
  "porter unicode61 remove_diacritics 0",
  "porter",
  "porter unicode61 remove_diacritics 2",
  "porter ascii",
  "trigram",
  "trigram case_sensitive 1",
  "trigram remove_diacritics 1",
  "unicode61 tokenchars '-_.@'",
  "unicode61 separators '0123456789xé語'",
  "unicode61 remove_diacritics 0 tokenchars ' 😀½\u0301' separators 'abc]^-\\'",
  "unicode61 categories 'L* N* Co Mn Mc'",
  "unicode61 categories 'L* M*' remove_diacritics 0",
  "unicode61 categories 'Ll'",
  "unicode61 categories 'S* P*' remove_diacritics 2",
  "unicode61 categories '' tokenchars 'aé'",
  "unicode61 tokenchars '\ufffd'",
  "unicode61 categories 'L* N* P* S* Z* C*'",
  "ascii tokenchars ' -' separators 'xY'",
  "porter unicode61 tokenchars '-.'",
  "porter trigram",
];
export const known = strings.map((tokenize) => ({ tokenize, tokenizer: knownTokenizer(tokenize) }));

export function knownTokenizer(tokenize: string): KnownTokenizer {
  const tokenizer = parseTokenizer(tokenize);
  if (!tokenizer.known) throw new Error(`${tokenize}: ${tokenizer.reason}`);
  return tokenizer;
}
