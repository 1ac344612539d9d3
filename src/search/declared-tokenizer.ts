/** The tokenizer that a full-text table's declaration asks for, in the terms of its own module. */
import type { FullTextDeclaration } from "./declaration.ts";
import { parseFts3Tokenizer } from "./tokenizer/parse-fts3.ts";
import { parseTokenizer } from "./tokenizer/parse-tokenizer.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";

export function declaredTokenizer({ module, tokenize }: Pick<FullTextDeclaration, "module" | "tokenize">): Tokenizer {
  return module === "fts5" ? parseTokenizer(tokenize) : parseFts3Tokenizer(tokenize);
}
