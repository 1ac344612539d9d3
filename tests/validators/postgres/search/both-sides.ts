/** A full-text table of the real FTS5 or FTS4, and the same rows in PostgreSQL with vectors that PostgreSQL makes. */
import type Database from "better-sqlite3";
import type { Pool } from "pg";
import type { TablePlan } from "../../../../src/core/plan/plan.ts";
import type { FullTextPlan, SearchPlan } from "../../../../src/core/schema/full-text.ts";
import type { FullTextIndex } from "../../../../src/search/full-text-index.ts";
import { fillSql, indexSql } from "../../../../src/search/index-sql.ts";
import { installSql, installTokenizerSql } from "../../../../src/search/install.ts";
import { nativeSql, nativeTokenizer } from "../../../../src/search/native.ts";
import { parseTokenizer } from "../../../../src/search/tokenizer/parse-tokenizer.ts";
import type { ValidatorInput } from "../../../../src/validators/postgres/validator.ts";
import { integer, prepare, schemaName, tablePlan, text } from "../../fixture.ts";

export type Sides = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly tokenize?: string;
  readonly detail?: FullTextPlan["detail"];
  readonly module?: FullTextPlan["module"];
  readonly build?: FullTextPlan["build"];
  readonly external?: boolean;
  readonly search?: Partial<Omit<SearchPlan, "check">> & { readonly check?: Partial<SearchPlan["check"]> };
  /** Executed on the snapshot after the rows are in. */
  readonly after?: string;
};

export async function bothSides(pool: Pool, sides: Sides): Promise<ValidatorInput> {
  const {
    columns,
    rows,
    tokenize = "",
    detail = "full",
    module = "fts5",
    build = "tokenise",
    external = false,
  } = sides;
  const search: SearchPlan = {
    schema: "fts5",
    mode: "exact",
    config: "english",
    like: [],
    ...sides.search,
    check: {
      queries: 8,
      seed: 1,
      files: [],
      thresholds: { sets: 1, order10: 1, order50: 1 },
      ...sides.search?.check,
    },
  };
  const parsed = search.mode === "native" ? nativeTokenizer(search.config) : parseTokenizer(tokenize);
  if (!parsed.known) throw new Error(`no tokenizer ${tokenize}`);
  const fullText: FullTextPlan = {
    ...{ module, tokenize, key: parsed.key, detail, build, maintained: true },
    columns: columns.map((source) => ({ source, target: source, indexed: true })),
    content: external ? { kind: "external", table: "texts", rowid: "id" } : { kind: "own" },
    contentTarget: external ? "texts" : null,
    ...{ vector: "tsv", length: "len", big: "big" },
  };
  const cells = Object.fromEntries(columns.map((column) => [column, text]));
  const tables: TablePlan[] = [
    ...(external ? [tablePlan("texts", { kind: "integer", columns: ["id"] }, { id: integer, ...cells })] : []),
    tablePlan(
      "docs",
      { kind: "integer", columns: ["rowid"] },
      { rowid: integer, ...(external ? {} : cells) },
      { fullText },
    ),
  ];
  const input = await prepare(pool, {
    source: (db) => fillSource(db, sides),
    target: external
      ? `CREATE TABLE texts(id bigint PRIMARY KEY, ${columns.map((c) => `"${c}" text`).join(", ")})`
      : "",
    tables,
    plan: { search },
  });
  const place = (table: string) => ({ schema: schemaName, table });
  const index: FullTextIndex = {
    ...{ final: place("docs"), staging: place("docs"), tokenize, tokenizer: parsed, detail, weights: null },
    columns: columns.map((column) => ({ name: column, indexed: true, target: { column, type: "text" } })),
    ...{ vector: "tsv", length: "len", big: "big", suffix: "docs", build: "tokenise" },
    content: external
      ? { kind: "external", final: place("texts"), staging: place("texts"), key: "id" }
      : { kind: "own" },
  };
  const made = indexSql(index);
  const key = external ? "id" : "rowid";
  const insert = `INSERT INTO "${schemaName}".${external ? "texts" : "docs"} (${key}, ${columns.map((c) => `"${c}"`).join(", ")})
    SELECT n, ${columns.map((_, i) => `row ->> ${i}`).join(", ")} FROM jsonb_array_elements($1) WITH ORDINALITY AS s(row, n)`;
  await inTransaction(pool, [
    ...(installed.has(pool) ? [] : installSql("fts5")),
    ...(search.mode === "native" ? nativeSql(search.config) : installTokenizerSql("fts5", parsed)),
    made.table,
    { sql: insert, values: [JSON.stringify(rows)] },
    ...fillSql(index, "-100", "1000000"),
    ...made.finish.map(({ sql }) => sql),
  ]);
  installed.add(pool);
  return input;
}

/** Half of a small test's time otherwise. */
const installed = new WeakSet<Pool>();

type Statement = string | { readonly sql: string; readonly values: unknown[] };

async function inTransaction(pool: Pool, statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements)
      await (typeof statement === "string" ? client.query(statement) : client.query(statement.sql, statement.values));
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw cause;
  } finally {
    client.release();
  }
}

function fillSource(
  db: Database.Database,
  { columns, rows, tokenize = "", detail = "full", module = "fts5", external = false, after }: Sides,
): void {
  const options = [
    ...(tokenize === "" ? [] : [module === "fts5" ? `tokenize='${tokenize}'` : `tokenize=${tokenize}`]),
    ...(detail === "full" ? [] : [`detail=${detail}`]),
    ...(external ? ["content='texts'", "content_rowid='id'"] : []),
  ];
  const names = columns.map((column) => `"${column}"`);
  if (external) db.exec(`CREATE TABLE texts(id INTEGER PRIMARY KEY, ${names.map((n) => `${n} TEXT`).join(", ")})`);
  db.exec(`CREATE VIRTUAL TABLE docs USING ${module}(${[...names, ...options].join(", ")})`);
  const marks = columns.map(() => "?").join(", ");
  const insert = db.prepare(`INSERT INTO docs(rowid, ${names.join(", ")}) VALUES (?, ${marks})`);
  const keep = external ? db.prepare(`INSERT INTO texts VALUES (?, ${marks})`) : null;
  db.transaction(() => {
    for (const [i, row] of rows.entries()) {
      keep?.run(i + 1, ...row);
      insert.run(i + 1, ...row);
    }
  })();
  if (after !== undefined) db.exec(after);
}
