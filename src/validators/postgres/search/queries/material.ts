/** Reads what queries are made of from the snapshot: words of every frequency, and pieces of the texts. */
import { quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { SearchIndex } from "../input.ts";
import { vocabulary } from "../source-search.ts";
import type { Material } from "./queries.ts";
import { type Random, randomOf, sampler } from "./random.ts";
import { wordsOfTexts } from "./words-of-texts.ts";

const wordsPerStratum = 400;
const rowsSampled = 300;
const sliceLength = 160;

export function readMaterial(source: Source, index: SearchIndex, seed: number): Material {
  const random = randomOf(seed, index.table.source);
  const strata = readWords(source, index, random);
  const rowids = sampleRowids(source, index, random);
  const slices =
    index.fullText.content.kind === "contentless"
      ? tokenSlices(source, index, rowids)
      : rowids.flatMap((rowid) => textSlices(source, index, rowid, random));
  return { strata, slices };
}

/** Words that 1, up to 10, up to 100 … rows have. */
function readWords(source: Source, index: SearchIndex, random: Random): (readonly string[])[] {
  const strata = Array.from({ length: 6 }, () => sampler<string>(wordsPerStratum, random));
  for (const [word, rows] of countedWords(source, index))
    strata[Math.min(5, Math.ceil(Math.log10(Number(rows))))]?.offer(word);
  return strata.map(({ kept }) => kept);
}

function countedWords(source: Source, index: SearchIndex): Iterable<readonly [string, bigint | number]> {
  if (index.fullText.module !== "fts5") return wordsOfTexts(source, index);
  return source
    .prepare<[], [string, bigint]>(`SELECT term, doc FROM ${vocabulary(source, index.table.source, "row")}`)
    .raw()
    .iterate();
}

function sampleRowids(source: Source, { table }: SearchIndex, random: Random): bigint[] {
  const from = `FROM main.${quoteName(table.relation ?? table.source)}`;
  const edge = (order: string) =>
    source.prepare<[], bigint>(`SELECT rowid ${from} ORDER BY rowid ${order} LIMIT 1`).pluck().get();
  const first = edge("ASC");
  const last = edge("DESC");
  if (first === undefined || last === undefined) return [];
  const next = source.prepare<[bigint], bigint>(`SELECT rowid ${from} WHERE rowid >= ? ORDER BY rowid LIMIT 1`).pluck();
  const found = new Set<bigint>();
  for (let i = 0; i < rowsSampled; i++) {
    const rowid = next.get(first + BigInt(Math.floor(Number(last - first + 1n) * random.next())));
    if (rowid !== undefined) found.add(rowid);
  }
  return [...found];
}

/** A text's beginning is like that of others; so a piece from anywhere, cut at whole characters. */
function textSlices(source: Source, { table, fullText }: SearchIndex, rowid: bigint, random: Random): string[] {
  const columns = fullText.columns
    .filter(({ indexed }) => indexed)
    .map((column) => `CAST(${quoteName(column.source)} AS TEXT)`);
  const sql = `SELECT ${columns.join(", ")} FROM main.${quoteName(table.source)} WHERE rowid = ?`;
  return (readRow(source, sql, rowid) ?? []).flatMap((text) => {
    if (text === null || text === "") return [];
    const start = text.length <= sliceLength ? 0 : random.below(text.length - sliceLength);
    const slice = text
      .slice(start, start + sliceLength)
      .replaceAll("\0", " ")
      .toWellFormed()
      .replaceAll("\ufffd", " ")
      .trim();
    return slice === "" ? [] : [slice];
  });
}

/** The text of an index whose content table has lost the row cannot be read; the row is skipped. */
function readRow(source: Source, sql: string, rowid: bigint): (string | null)[] | undefined {
  try {
    return source.prepare<[bigint], (string | null)[]>(sql).raw().get(rowid);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_CORRUPT")) return undefined;
    throw cause;
  }
}

/** Where the texts are not kept, their tokens in order are the closest substitute. */
function tokenSlices(source: Source, { table, fullText }: SearchIndex, rowids: readonly bigint[]): string[] {
  if (fullText.module !== "fts5" || fullText.detail !== "full") return [];
  const wanted = new Set(rowids.slice(0, 100));
  const texts = new Map<string, string[]>();
  const sql = `SELECT term, doc, col, "offset" FROM ${vocabulary(source, table.source, "instance")}`;
  for (const [term, doc, col, offset] of source.prepare<[], [string, bigint, string, bigint]>(sql).raw().iterate()) {
    if (!wanted.has(doc) || offset > 30n) continue;
    const key = `${doc} ${col}`;
    const text = texts.get(key) ?? [];
    text[Number(offset)] = term;
    texts.set(key, text);
  }
  return [...texts.values()].map((text) => text.filter((term) => term !== undefined).join(" "));
}
