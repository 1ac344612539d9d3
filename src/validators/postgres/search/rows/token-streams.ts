/**
 * The tokens of every row as both sides have them: one entry per word and row, in whatever order the side
 * reads fastest, nothing kept. The source's come from FTS5's own index, the target's from what is stored.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { Target } from "../../target-reader.ts";
import type { SearchIndex } from "../input.ts";
import { vocabulary } from "../source-search.ts";
import { type Word, wordsOf } from "./vector.ts";

export type Visit = (row: string, word: Word, tokens: number) => void;

const turn = 50_000;
const rowsPerPage = 200;

/** The index yields a word's rows together, and a row's places in order. */
export async function sourceTokens(
  source: Source,
  index: SearchIndex,
  signal: AbortSignal,
  visit: Visit,
): Promise<void> {
  const numbers = new Map(indexedColumns(index).map(({ source: column }, i) => [column, i]));
  // A stem may end within a character, and so may a token that FTS5 has cut; as text they would show U+FFFD.
  const bytes =
    "CASE WHEN length(CAST(term AS BLOB)) = length(term) AND length(term) < 32768 THEN term ELSE CAST(term AS BLOB) END";
  const sql = `SELECT ${bytes}, CAST(doc AS TEXT), col, "offset" FROM ${vocabulary(source, index.table.source, "instance")}`;
  const rows = source.prepare<[], [string | Buffer, string, string | null, bigint | null]>(sql).raw().iterate();
  let word = "";
  let row = "";
  let places: string[] = [];
  let read = 0;
  const flush = () => {
    if (row !== "") visit(row, { lexeme: word, places: places.join(",") }, places.length);
  };
  for (const [stored, doc, column, offset] of rows) {
    const term = lexemeOf(stored);
    if (term !== word || doc !== row) {
      flush();
      word = term;
      row = doc;
      places = [];
    }
    // `:` stands for what an index without positions, or without columns, does not have.
    places.push(`${column === null ? "" : numbers.get(column)}:${offset ?? ""}`);
    if (++read % turn !== 0) continue;
    await setImmediate();
    signal.throwIfAborted();
  }
  flush();
}

export async function targetTokens(target: Target, index: SearchIndex, visit: Visit): Promise<void> {
  const { fullText, relation, search } = index;
  const columns = indexedColumns(index).length;
  const [vector, big] = [quoteName(fullText.vector), quoteName(fullText.big)];
  const vectors = `SELECT rowid, ${vector} FROM ${relation} WHERE NOT ${big} AND ${vector} <> ''`;
  for await (const page of target.pages(vectors, [], rowsPerPage))
    for (const [row, text] of page)
      for (const word of wordsOf(text ?? "", columns)) {
        const places = word.places.split(",");
        visit(row ?? "", { ...word, places: asDetailed(places, fullText.detail) }, places.length);
      }
  const numbers = new Map(fullText.columns.flatMap(({ indexed }, i) => (indexed ? [i] : [])).map((at, i) => [at, i]));
  const positions = `SELECT rowid, lexeme, string_agg(col || ':' || array_to_string(pos, ','), ' ' ORDER BY col)
    FROM ${quoteName(search.schema)}.positions WHERE relation = $1::text::regclass GROUP BY rowid, lexeme`;
  for await (const page of target.pages(positions, [relation], rowsPerPage * 20))
    for (const [row, lexeme, text] of page) {
      const places = (text ?? "").split(" ").flatMap((part) => {
        const [column, offsets = ""] = part.split(":");
        return offsets.split(",").map((offset) => `${numbers.get(Number(column))}:${offset}`);
      });
      visit(row ?? "", { lexeme: lexeme ?? "", places: asDetailed(places, fullText.detail) }, places.length);
    }
}

export function indexedColumns({ fullText }: SearchIndex): SearchIndex["fullText"]["columns"] {
  return fullText.columns.filter(({ indexed }) => indexed);
}

/** Without its positions, or its columns, where the source's index has none. */
function asDetailed(places: readonly string[], detail: SearchIndex["fullText"]["detail"]): string {
  if (detail === "full") return places.join(",");
  if (detail === "none") return ":";
  return [...new Set(places.map((place) => `${place.split(":")[0]}:`))].join(",");
}

/**
 * PostgreSQL's text takes no part of a character, and no U+0000: such a token is the hexadecimal form of its bytes.
 * A lexeme has at most 2046 bytes: a longer token is its beginning and its digest, also one that FTS5 has cut at
 * 32768 bytes, within a character perhaps. One that begins like the layout's own has a second such beginning.
 */
function lexemeOf(stored: string | Buffer): string {
  if (typeof stored === "string" && stored !== "" && stored.length <= 666)
    return stored.startsWith("\x02") ? `\x02${stored}` : stored;
  const bytes = Buffer.from(stored);
  const isText = bytes.length > 0 && (bytes.length === 32_768 || isUtf8(bytes)) && !bytes.includes(0);
  const token = isText ? bytes : Buffer.from(`\x02${bytes.toString("hex")}`);
  const mark = token[0] === 2 ? "\x02" : "";
  if (token.length <= 2000) return `${mark}${token}`;
  return `${mark}${[...token.toString("utf8")].slice(0, 480).join("")}\x02${createHash("md5").update(token).digest("hex")}`;
}
