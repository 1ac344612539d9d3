/** The snapshot asked by the real FTS5 (or FTS4), and its vocabulary. Nothing is written: helper tables are TEMP. */
import { quoteLiteral, quoteName } from "../../quote.ts";
import type { Source } from "../../source-reader.ts";
import type { Answer } from "./answer.ts";
import type { SearchIndex } from "./input.ts";

export type SourceSearch = (query: string) => Answer;

export function sourceSearch(source: Source, { table, fullText }: SearchIndex): SourceSearch {
  const from = `FROM main.${quoteName(table.source)} WHERE ${quoteName(table.source)} MATCH ?`;
  // FTS3 and FTS4 know no rank.
  const ranked = fullText.module === "fts5";
  const statement = source
    .prepare<[string], [bigint, number | null]>(
      ranked ? `SELECT rowid, rank ${from} ORDER BY rank` : `SELECT rowid, NULL ${from} ORDER BY rowid`,
    )
    .raw();
  return (query) => {
    const ids: bigint[] = [];
    const scores: number[] = [];
    const started = performance.now();
    try {
      for (const [id, score] of statement.iterate(query)) {
        ids.push(id);
        scores.push(score ?? 0);
      }
    } catch (cause) {
      return { ok: false, error: errorOf(cause), ms: performance.now() - started };
    }
    return { ok: true, ids, scores: ranked ? scores : null, ms: performance.now() - started };
  };
}

/** Every token of the index with its place, or every word with the number of its rows. */
export function vocabulary(source: Source, table: string, kind: "instance" | "row"): string {
  return helper(source, `rowhaul_${kind}_${table}`, `fts5vocab('main', ${quoteLiteral(table)}, '${kind}')`);
}

/** FTS5's own tokens of any text, by an empty full-text table with the same tokenizer. */
export function sourceTokenizer(source: Source, tokenize: string): (text: string) => string[] {
  const option = tokenize === "" ? "" : `, tokenize=${quoteLiteral(tokenize)}`;
  const table = helper(source, `rowhaul_tokens_${tokenize}`, `fts5(t${option})`);
  const instances = helper(
    source,
    `rowhaul_tokens_of_${tokenize}`,
    `fts5vocab('temp', ${quoteLiteral(`rowhaul_tokens_${tokenize}`)}, 'instance')`,
  );
  const add = source.prepare<[string]>(`INSERT INTO ${table}(rowid, t) VALUES (1, ?)`);
  const read = source.prepare<[], string>(`SELECT term FROM ${instances} ORDER BY "offset"`).pluck();
  const clear = source.prepare(`DELETE FROM ${table}`);
  return (text) => {
    add.run(text);
    const tokens = read.all();
    clear.run();
    return tokens;
  };
}

function helper(source: Source, table: string, module: string): string {
  const helping = `temp.${quoteName(table)}`;
  source.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS ${helping} USING ${module}`);
  return helping;
}

function errorOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_ERROR")) return cause.message;
  throw cause;
}
