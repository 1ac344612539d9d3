/** The statements that a plan's full-text tables need before they are made. */
import type { Plan } from "../core/plan/plan.ts";
import { declaredTokenizer } from "./declared-tokenizer.ts";
import { inSchema, installSql, installTokenizerSql } from "./install.ts";
import { nativeSql } from "./native.ts";
import { standardTokenizers } from "./tokenizer/standard.ts";

export function installFor({ search, tables }: Plan): string[] {
  const indexes = tables.flatMap(({ fullText }) => (fullText === undefined ? [] : [fullText]));
  if (search === undefined || indexes.length === 0) return [];
  const { schema, mode, config } = search;
  if (mode === "native") return [...installSql(schema), ...nativeSql(config).map((sql) => inSchema(sql, schema))];
  const standard = new Set(standardTokenizers().map((tokenizer) => tokenizer.key));
  const own = indexes
    .filter(({ key }) => !standard.has(key))
    .map(declaredTokenizer)
    .flatMap((tokenizer) => (tokenizer.known ? installTokenizerSql(schema, tokenizer) : []));
  return [...installSql(schema), ...own];
}
