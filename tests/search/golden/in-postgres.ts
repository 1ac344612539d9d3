/** The golden set's tables in PostgreSQL, made as a run makes them and filled by plain INSERTs. */
import type pg from "pg";
import { messageOf } from "../../../src/core/messages/errors.ts";
import { installTokenizerSql } from "../../../src/search/install.ts";
import { standardTokenizers } from "../../../src/search/tokenizer/standard.ts";
import { column, createIndex, fullText, install, transaction } from "../install/support/install.ts";
import type { Group } from "./cases.ts";

/** By line of the file, what fts5.search answers. */
export async function answersOfPostgres(pool: pg.Pool, groups: readonly Group[]): Promise<Map<number, string>> {
  await install(pool);
  await pool.query("CREATE SCHEMA work");
  const found = new Map<number, string>();
  for (const group of groups) {
    await makeTable(pool, group);
    for (const { line, query, rowid } of group.cases)
      found.set(line, await answer(pool, `public.${group.table}`, query, rowid));
  }
  return found;
}

async function makeTable(pool: pg.Pool, { table, columns, tokenize, documents }: Group): Promise<void> {
  const index = fullText(
    table,
    columns.map((name) => column(name)),
    { kind: "own" },
    tokenize,
  );
  const isStandard = standardTokenizers().some(({ key }) => key === index.tokenizer.key);
  if (!isStandard) await transaction(pool, installTokenizerSql("fts5", index.tokenizer));
  await createIndex(pool, index);
  const names = columns.map((name) => `"${name}"`).join(", ");
  const places = columns.map((_, i) => `d ->> ${i}`).join(", ");
  await pool.query(
    `INSERT INTO public.${table} (rowid, ${names}) SELECT n, ${places} FROM jsonb_array_elements($1) WITH ORDINALITY e(d, n)`,
    [JSON.stringify(documents)],
  );
}

async function answer(pool: pg.Pool, relation: string, query: string, rowid: number): Promise<string> {
  try {
    const { rows } = await pool.query<{ rowid: string }>("SELECT rowid FROM fts5.search($1::regclass, $2)", [
      relation,
      query,
    ]);
    return rows.some((row) => Number(row.rowid) === rowid) ? "yes" : "no";
  } catch (error) {
    return `error: ${messageOf(error)}`;
  }
}
