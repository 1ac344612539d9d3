/**
 * What a vector costs: taken over from FTS5's index by the run, or made by PostgreSQL from the text; and for rows
 * that are written later, beside the trigger that PostgreSQL itself has for its own search.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import copyStreams from "pg-copy-streams";

const batch = 20_000;

/** Seconds for all rows of a full-text table, into a bare table each time. */
export async function buildIndex(rowhaul, { index, server, path, work, signal }) {
  const { fullText, table } = index;
  const scratch = join(work, `copy-${table.target}.db`);
  const started = performance.now();
  const columns = fullText.columns.map(({ source, indexed }) => ({ name: source, indexed }));
  const [copied] = await rowhaul.copyIndexes({
    snapshot: path,
    scratch,
    indexes: [{ name: table.source, columns }],
    signal,
  });
  const read = (performance.now() - started) / 1000;
  rmSync(scratch, { force: true });
  const kept = ["rowid", fullText.vector, fullText.length, fullText.big].map(quoted).join(", ");
  const client = await server.pool.connect();
  try {
    await client.query(`CREATE UNLOGGED TABLE bench_index AS SELECT ${kept} FROM ${index.relation} WITH NO DATA`);
    const chunks = [];
    for await (const chunk of client.query(
      copyStreams.to(`COPY (SELECT ${kept} FROM ${index.relation}) TO STDOUT (FORMAT binary)`),
    ))
      chunks.push(chunk);
    const loaded = await seconds(() =>
      pipeline(Readable.from(chunks), client.query(copyStreams.from("COPY bench_index FROM STDIN (FORMAT binary)"))),
    );
    await client.query("TRUNCATE bench_index");
    const tokenised = await seconds(() => client.query(`INSERT INTO bench_index ${madeSql(index)}`));
    return { tokens: copied.tokens, rows: copied.documents, read, loaded, tokenised };
  } finally {
    await client.query("DROP TABLE IF EXISTS bench_index");
    client.release();
  }
}

/** Rows a second of one INSERT, into tables with triggers and a GIN index; each in turn, three times, the best counts. */
export async function writeRows(rowhaul, { index, server }) {
  const { tokenize, key, columns } = index.fullText;
  const text = columns.find(({ indexed }) => indexed).target;
  const own = {
    final: { schema: "public", table: "bench_exact" },
    staging: { schema: "public", table: "bench_exact" },
    tokenize,
    tokenizer: rowhaul.parseTokenizer(tokenize),
    columns: [{ name: "text", indexed: true, target: { column: "text", type: "text" } }],
    vector: "tsv",
    length: "len",
    big: "big",
    content: { kind: "own" },
    detail: "full",
    weights: null,
    suffix: "bench_exact",
    build: "copied",
  };
  const sql = rowhaul.indexSql(own, index.search.schema);
  const client = await server.pool.connect();
  try {
    // over and over where there are not so many; empty ones would cost nothing
    await client.query(`CREATE TEMP TABLE bench_rows AS SELECT row_number() OVER () AS rowid, c.text FROM
      (SELECT ${quoted(text)} AS text FROM ${index.content.relation} WHERE ${quoted(text)} <> '' ORDER BY ${quoted(index.content.key)} LIMIT ${batch}) c,
      generate_series(1, 20) LIMIT ${batch}`);
    await client.query([sql.table, ...sql.finish.map((step) => step.sql)].join(";\n"));
    await client.query(plainTable);
    const rates = { exact: 0, plain: 0 };
    let rows = 0;
    for (let round = 0; round < 3; round++) {
      for (const kind of ["exact", "plain"]) {
        const into = `bench_${kind}`;
        await client.query(`TRUNCATE ${into}`);
        const took = await seconds(async () => {
          rows = (await client.query(`INSERT INTO ${into} (rowid, text) SELECT rowid, text FROM bench_rows`)).rowCount;
        });
        rates[kind] = Math.max(rates[kind], rows / took);
      }
    }
    return { key, rows, ...rates };
  } finally {
    await client.query("DROP TABLE IF EXISTS bench_exact, bench_plain, bench_rows");
    client.release();
  }
}

const plainTable = `
CREATE TABLE bench_plain (rowid bigint PRIMARY KEY, text text, tsv tsvector);
CREATE INDEX ON bench_plain USING gin (tsv);
CREATE TRIGGER bench_plain BEFORE INSERT OR UPDATE ON bench_plain FOR EACH ROW
  EXECUTE FUNCTION tsvector_update_trigger(tsv, 'pg_catalog.simple', text)`;

function madeSql({ fullText, search, content }) {
  const texts = fullText.columns.filter(({ indexed }) => indexed).map(({ target }) => `c.${quoted(target)}`);
  return `SELECT c.${quoted(content.key)}, d.tsv, d.len, d.big FROM ${content.relation} c, ${quoted(search.schema)}.${fullText.key}_doc(ARRAY[${texts.join(", ")}]) d`;
}

function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
