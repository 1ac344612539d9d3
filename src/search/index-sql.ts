/**
 * The statements of one full-text table: its table, made before the load, and everything that is put on
 * it after. Rows that come ready-made meet no trigger; from then on the database makes them itself.
 */
import { quoteName, quotePostgresLiteral } from "../core/quote.ts";
import type { FullTextIndex } from "./full-text-index.ts";
import { inSchemaBesidesQuoted } from "./install.ts";
import { contentlessSql } from "./maintain/contentless.ts";
import { contentRegclass, externalContentSql } from "./maintain/external-content.ts";
import { ownContentSql } from "./maintain/own-content.ts";
import { postingsSql, postingsTable, postingsTableSql } from "./maintain/postings.ts";
import { array, columnNumbers, regclass, tableName, texts } from "./maintain/sql-text.ts";
import { statisticsSql } from "./maintain/statistics.ts";

export type IndexSql = {
  readonly table: string;
  readonly finish: readonly IndexStep[];
};

export type IndexStep = {
  readonly id: string;
  readonly kind: "index" | "registry" | "postings" | "statistics" | "triggers";
  readonly name: string;
  readonly sql: string;
};

type Step = [IndexStep["kind"], string, string];

/** `schema`: that of the search functions. */
export function indexSql(index: FullTextIndex, schema = "fts5"): IndexSql {
  const { table } = index.final;
  const gin = `${index.suffix}_vector_idx`;
  const postings = postingsTable(index);
  const steps: Step[] = [
    // GIN's pending list (fastupdate, on by default) stays: single writes would else touch a page for each word
    [
      "index",
      gin,
      `CREATE INDEX ${quoteName(gin)} ON ${tableName(index.staging)} USING gin (${quoteName(index.vector)})`,
    ],
    ["registry", table, registrySql(index)],
    ["statistics", table, firstStatisticsSql(index)],
    // after the registry, by which sweep() finds it
    ...(postings === undefined ? [] : [["postings", postings, postingsTableSql(index, postings)] satisfies Step]),
    ["triggers", table, triggersSql(index)],
  ];
  return {
    table: tableSql(index),
    finish: steps.map(([kind, name, sql]) => ({
      id: `${table}/${kind}/${name}`,
      kind,
      name,
      sql: inSchemaBesidesQuoted(sql, schema),
    })),
  };
}

/**
 * Makes the rows whose rowid is in [from, to] out of their texts; once more is no error. For
 * `build: "tokenise"`, between the load and `finish`; a contentless table has no texts to make them of.
 */
export function fillSql(index: FullTextIndex, from: string, to: string, schema = "fts5"): string[] {
  const { content, columns, tokenizer } = index;
  if (content.kind === "contentless") return [];
  const kept = [index.vector, index.length, index.big].map(quoteName).join(", ");
  const key = content.kind === "own" ? "rowid" : quoteName(content.key);
  const source = tableName(content.kind === "own" ? index.staging : content.staging);
  const range = (row: string) => `${row}.${key} BETWEEN ${decimal(from)} AND ${decimal(to)}`;
  const fill =
    content.kind === "own"
      ? `UPDATE ${source} AS t SET (${kept}) = (SELECT d.tsv, d.len, d.big FROM fts5.${tokenizer.key}_doc(${texts(columns, "t")}) AS d) WHERE ${range("t")}`
      : `INSERT INTO ${tableName(index.staging)} (rowid, ${kept})
SELECT c.${key}, d.tsv, d.len, d.big FROM ${source} AS c, fts5.${tokenizer.key}_doc(${texts(columns, "c")}) AS d WHERE ${range("c")}
ON CONFLICT (rowid) DO UPDATE SET (${kept}) = (EXCLUDED.${[index.vector, index.length, index.big].map(quoteName).join(", EXCLUDED.")})`;
  const relation = regclass(index.staging);
  return [
    fill,
    `DELETE FROM fts5.positions AS p WHERE p.relation = ${relation} AND p.rowid BETWEEN ${decimal(from)} AND ${decimal(to)}`,
    `INSERT INTO fts5.positions SELECT ${relation}, f.rowid, p.lexeme, (${columnNumbers(columns)})[p.col + 1], p.pos
FROM ${tableName(index.staging)} AS f JOIN ${source} AS c ON c.${key} = f.rowid, fts5.${tokenizer.key}_positions(${texts(columns, "c")}) AS p
WHERE f.${quoteName(index.big)} AND f.rowid BETWEEN ${decimal(from)} AND ${decimal(to)}`,
  ].map((sql) => inSchemaBesidesQuoted(sql, schema));
}

/** Lines of CREATE TABLE for what is kept for searching. */
export function vectorColumns({ vector, length, big }: Pick<FullTextIndex, "vector" | "length" | "big">): string[] {
  return [
    `${quoteName(vector)} tsvector`,
    `${quoteName(length)} integer NOT NULL DEFAULT 0`,
    `${quoteName(big)} boolean NOT NULL DEFAULT false`,
  ];
}

function tableSql(index: FullTextIndex): string {
  const columns = contentColumns(index).map(({ column, type }) => `  ${quoteName(column)} ${type},\n`);
  return `CREATE TABLE ${tableName(index.staging)} (
  rowid bigint PRIMARY KEY,
${columns.join("")}  ${vectorColumns(index).join(",\n  ")}
)`;
}

function contentColumns({ content, columns }: FullTextIndex): { column: string; type: string }[] {
  return content.kind === "own" ? columns.flatMap(({ target }) => target ?? []) : [];
}

function registrySql(index: FullTextIndex): string {
  const { columns, content, weights } = index;
  const postings = postingsTable(index);
  const targets = columns.map(({ target }) => (target === null ? "NULL" : quotePostgresLiteral(target.column)));
  const values: [string, string][] = [
    ["relation", regclass(index.staging)],
    ["tokenize", quotePostgresLiteral(index.tokenize)],
    ["key", quotePostgresLiteral(index.tokenizer.key)],
    [
      "columns",
      array(
        columns.map(({ name }) => quotePostgresLiteral(name)),
        "text",
      ),
    ],
    [
      "indexed",
      array(
        columns.map(({ indexed }) => String(indexed)),
        "boolean",
      ),
    ],
    ["detail", quotePostgresLiteral(index.detail)],
    ["vector", quotePostgresLiteral(index.vector)],
    ["length", quotePostgresLiteral(index.length)],
    ["big", quotePostgresLiteral(index.big)],
    ["content", contentRegclass(content)],
    ["content_key", content.kind === "external" ? quotePostgresLiteral(content.key) : "NULL"],
    ["content_columns", content.kind === "contentless" ? "NULL" : array(targets, "text")],
    [
      "weights",
      weights === null
        ? "NULL"
        : array(
            weights.map((weight) => quotePostgresLiteral(String(weight))),
            "float8",
          ),
    ],
    ["postings", postings === undefined ? "NULL" : quotePostgresLiteral(postings)],
    [
      "functions",
      array(
        parts(index).functions.map(({ signature }) => quotePostgresLiteral(signature)),
        "text",
      ),
    ],
  ];
  const names = values.map(([name]) => name);
  return `INSERT INTO fts5.indexes (${names.join(", ")}) VALUES (${values.map(([, value]) => value).join(", ")})
ON CONFLICT (relation) DO UPDATE SET (${names.join(", ")}) = (${names.map((name) => `EXCLUDED.${name}`).join(", ")})`;
}

function firstStatisticsSql(index: FullTextIndex): string {
  const relation = regclass(index.staging);
  return `DELETE FROM fts5.statistics AS s WHERE s.relation = ${relation};
INSERT INTO fts5.statistics ${
    index.totals === undefined
      ? `SELECT ${relation}, count(*), coalesce(sum(f.${quoteName(index.length)}), 0) FROM ${tableName(index.staging)} AS f`
      : `VALUES (${relation}, ${decimal(index.totals.rows)}, ${decimal(index.totals.tokens)})`
  }`;
}

function triggersSql(index: FullTextIndex): string {
  const { functions, triggers } = parts(index);
  return [...functions.map(({ sql }) => sql), ...triggers].join("\n");
}

function parts(index: FullTextIndex) {
  const { content } = index;
  const counting = statisticsSql(index);
  const posting = postingsSql(index);
  const own =
    content.kind === "own"
      ? ownContentSql(index)
      : content.kind === "external"
        ? externalContentSql(index, content)
        : contentlessSql(index);
  return {
    functions: [...counting.functions, ...posting.functions, ...own.functions],
    triggers: [...counting.triggers, ...posting.triggers, ...own.triggers],
  };
}

/** A number from the plan, put into SQL. */
function decimal(number: string): string {
  return `'${BigInt(number)}'::bigint`;
}
