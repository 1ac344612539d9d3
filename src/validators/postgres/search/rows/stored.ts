/**
 * What PostgreSQL would tokenise from the texts as they are now, against what is stored. Where the two differ,
 * FTS5 itself is asked about the source's text: if it would make PostgreSQL's tokens, the source's index has
 * not followed its texts; if not, the tokenizers differ.
 */
import { quoteLiteral, quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { Target } from "../../target-reader.ts";
import type { SearchIndex } from "../input.ts";
import { sourceTokenizer } from "../source-search.ts";
import { indexedColumns } from "./token-streams.ts";
import { mostRows } from "./tokens.ts";

/** `large`: rows whose texts are so long that PostgreSQL was not asked about them. */
export type StoredComparison = { readonly rows: readonly string[]; readonly differing: number; readonly large: number };

/** In bytes: PostgreSQL makes some ten thousand words of a text a second, and fewer the longer it is. */
const longText = 2 << 20;

/** By cursor, in the database: only rowids of differing rows come over. */
export async function compareStored(target: Target, index: SearchIndex): Promise<StoredComparison> {
  const { content, fullText, relation, search } = index;
  if (content === null) return { rows: [], differing: 0, large: 0 };
  const doc = `${quoteName(search.schema)}.${quoteName(`${fullText.key}_doc`)}`;
  const texts = await textsOf(target, index, "c");
  const bytes = ["0", ...texts.map((text) => `coalesce(octet_length(${text}), 0)::bigint`)].join(" + ");
  const [count] = await target.query(
    `SELECT count(*) FROM ${relation} f JOIN ${content.relation} c ON c.${quoteName(content.key)} = f.rowid WHERE ${bytes} > ${longText}`,
  );
  const kept = [fullText.vector, fullText.length, fullText.big].map((column) => `f.${quoteName(column)}`);
  const sql = `SELECT f.rowid FROM ${relation} f LEFT JOIN ${content.relation} c ON c.${quoteName(content.key)} = f.rowid,
    LATERAL ${doc}(ARRAY[${texts.join(", ")}]::text[]) d
    WHERE ${bytes} <= ${longText} AND (${kept.join(", ")}) IS DISTINCT FROM (d.tsv, d.len, d.big)`;
  const rows: string[] = [];
  let differing = 0;
  for await (const page of target.pages(sql, [], 1000)) {
    differing += page.length;
    for (const [row] of page) if (rows.length < mostRows) rows.push(row ?? "");
  }
  return { rows, differing, large: Number(count?.[0] ?? 0) };
}

/** Rows of the content table that the index does not have. */
export async function countUnindexed(target: Target, { content, relation, fullText }: SearchIndex): Promise<number> {
  if (content === null || fullText.content.kind === "own") return 0;
  const [row] = await target.query(
    `SELECT count(*) FROM ${content.relation} c WHERE NOT EXISTS (SELECT FROM ${relation} f WHERE f.rowid = c.${quoteName(content.key)})`,
  );
  return Number(row?.[0] ?? 0);
}

/** Whether FTS5, asked now, makes of the row's texts the tokens that PostgreSQL makes. */
export async function tokenizersAgree(
  source: Source,
  target: Target,
  index: SearchIndex,
  rows: readonly string[],
): Promise<Map<string, boolean>> {
  const { content, fullText, search, table } = index;
  if (content === null || fullText.module !== "fts5") return new Map();
  const tokenize = sourceTokenizer(source, fullText.tokenize);
  const columns = indexedColumns(index).map((column) => `CAST(${quoteName(column.source)} AS TEXT)`);
  const read = source
    .prepare<[bigint], (string | null)[]>(
      `SELECT ${columns.join(", ")} FROM main.${quoteName(table.source)} WHERE rowid = ?`,
    )
    .raw();
  const tokens = `${quoteName(search.schema)}.${quoteName(`${fullText.key}_tokens`)}`;
  const texts = await textsOf(target, index, "c");
  // JSON, so that no token is taken for two.
  const sql = `SELECT c.${quoteName(content.key)}, ${texts.map((text) => `to_json(coalesce(${tokens}(${text}), '{}'))`).join(", ")}
    FROM ${content.relation} c WHERE c.${quoteName(content.key)} = ANY($1::bigint[])`;
  const agree = new Map<string, boolean>();
  for (let i = 0; i < rows.length; i += 100) {
    const some = rows.slice(i, i + 100);
    const theirs = new Map(
      (await target.query(sql, [some])).map(([row, ...lists]) => [row ?? "", lists.map((list) => list ?? "[]")]),
    );
    for (const row of some) {
      const ours = readTexts(read, row);
      const made = ours?.map((text) => tokenize(text ?? ""));
      agree.set(row, sameTokens(made, theirs.get(row)));
    }
  }
  return agree;
}

/** A row that neither side's content has any more: both have no text for it. */
function sameTokens(ours: readonly string[][] | undefined, theirs: readonly string[] | undefined): boolean {
  if (ours === undefined || theirs === undefined) return ours === undefined && theirs === undefined;
  return ours.every((tokens, i) => {
    const others: unknown = JSON.parse(theirs[i] ?? "[]");
    return Array.isArray(others) && others.length === tokens.length && tokens.every((token, j) => token === others[j]);
  });
}

/** An external content row that is gone is an error in FTS5. */
function readTexts(
  read: { get(rowid: bigint): (string | null)[] | undefined },
  row: string,
): (string | null)[] | undefined {
  try {
    return read.get(BigInt(row));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_CORRUPT")) return undefined;
    throw cause;
  }
}

/** Texts of the indexed columns; values that are not text as SQLite writes them. */
async function textsOf(target: Target, index: SearchIndex, alias: string): Promise<string[]> {
  const { content, search } = index;
  if (content === null) return [];
  const types = new Map(
    (
      await target.query(
        `SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = ${quoteLiteral(content.relation)}::regclass AND attnum > 0`,
      )
    ).map(([column, type]) => [column, type]),
  );
  return indexedColumns(index).map(({ target: column }) => {
    if (column === null) return "NULL";
    const value = `${alias}.${quoteName(column)}`;
    const type = types.get(column);
    if (type === "double precision") return `${quoteName(search.schema)}.real_text(${value})`;
    if (type === "bytea") return `${quoteName(search.schema)}.bytes_text(${value})`;
    return type === "boolean" ? `${value}::integer::text` : `${value}::text`;
  });
}
