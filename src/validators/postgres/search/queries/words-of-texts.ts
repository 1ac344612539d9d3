/**
 * The words of an FTS3 or FTS4 table, from its texts: fts4aux, which lists those of the index, takes
 * every index with a text in its third column or a later one for a damaged one.
 */
import { quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { SearchIndex } from "../input.ts";

/** More different words than queries are made of; beyond that, only words that are known are counted. */
const mostWords = 50_000;

/** Each word with the number of its rows. */
export function wordsOfTexts(source: Source, { table, fullText }: SearchIndex): Map<string, number> {
  const columns = fullText.columns
    .filter(({ indexed }) => indexed)
    .map((column) => `CAST(${quoteName(column.source)} AS TEXT)`);
  const found = new Map<string, number>();
  if (columns.length === 0) return found;
  const rows = source
    .prepare<[], (string | null)[]>(`SELECT ${columns.join(", ")} FROM main.${quoteName(table.source)}`)
    .raw();
  for (const texts of rows.iterate()) {
    const words = new Set(texts.flatMap((text) => text?.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []));
    for (const word of words) {
      const before = found.get(word);
      if (before !== undefined || found.size < mostWords) found.set(word, (before ?? 0) + 1);
    }
  }
  return found;
}
