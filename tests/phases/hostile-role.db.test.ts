/** A role whose every setting is turned against whoever relies on the usual ones: all that is moved is proven the same. */
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import pg from "pg";
import { expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";

const db = useDatabase();

/** Those that a server does not know are left out. */
const hostile: Readonly<Record<string, string>> = {
  search_path: "nowhere, pg_temp",
  statement_timeout: "100ms",
  transaction_timeout: "150ms",
  lock_timeout: "1ms",
  idle_in_transaction_session_timeout: "5ms",
  idle_session_timeout: "100ms",
  exit_on_error: "on",
  default_transaction_read_only: "on",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  standard_conforming_strings: "off",
  backslash_quote: "on",
  transform_null_equals: "on",
  array_nulls: "off",
  quote_all_identifiers: "on",
  xmloption: "document",
  xmlbinary: "hex",
  TimeZone: "Asia/Kathmandu",
  timezone_abbreviations: "India",
  DateStyle: "SQL, DMY",
  IntervalStyle: "sql_standard",
  extra_float_digits: "-15",
  bytea_output: "escape",
  client_min_messages: "debug5",
  client_encoding: "LATIN1",
  default_text_search_config: "pg_catalog.german",
  row_security: "on",
  restrict_nonsystem_relation_kind: "view, foreign-table",
  gin_fuzzy_search_limit: "1",
  check_function_bodies: "off",
  stats_fetch_consistency: "snapshot",
  synchronous_commit: "off",
  plan_cache_mode: "force_generic_plan",
  constraint_exclusion: "on",
  enable_seqscan: "off",
  enable_hashagg: "off",
  jit: "on",
  jit_above_cost: "0",
  cursor_tuple_fraction: "1",
  synchronize_seqscans: "on",
  default_toast_compression: "pglz",
  createrole_self_grant: "set, inherit",
  "plpgsql.extra_errors": "all",
  "plpgsql.extra_warnings": "all",
};

async function asHostile(work: (url: string) => Promise<void>): Promise<void> {
  const role = `hostile_${process.pid}`;
  const password = "tricky";
  await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  const { rows } = await db.pool.query<{ name: string }>("SELECT name FROM pg_settings");
  const known = new Set(rows.map(({ name }) => name));
  for (const [name, value] of Object.entries(hostile)) {
    const list = value.split(", ").map(pg.escapeLiteral).join(", ");
    if (known.has(name) || name.includes(".")) await db.pool.query(`ALTER ROLE ${role} SET ${name} = ${list}`);
  }
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$;
     GRANT ALL ON SCHEMA public TO ${role}`,
  );
  const url = new URL(db.url);
  url.username = role;
  url.password = password;
  try {
    await work(url.href);
  } finally {
    await db.pool.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }
}

const source = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> 'a\\b'), born DATE, active BOOLEAN);
  INSERT INTO customers VALUES (1, 'back\\slash ''quote'' Ä', '1999-12-01', 1), (2, 'E''x', NULL, NULL);
  CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers (id) ON DELETE CASCADE,
    at DATETIME, total REAL, price DECIMAL(10, 2), raw BLOB, doc JSON, twice REAL AS (total * 2) STORED);
  INSERT INTO orders (id, customer, at, total, price, raw, doc) VALUES
    (1, 1, '2024-03-31 01:59:59', 0.1, 12.34, x'00ff5c27', '{"a":[1,null]}'), (2, NULL, NULL, 1e300, NULL, NULL, NULL);
  CREATE UNIQUE INDEX orders_partial ON orders (customer, at) WHERE at IS NOT NULL;
  CREATE VIEW late AS SELECT id, total FROM orders WHERE total > 0.05 OR customer IS NULL;
  CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter');
  INSERT INTO notes VALUES ('Running', 'The dogs were running'), ('Über', 'café');`;

it("a run, its way back, rows into live tables, and the way out again", async () => {
  const space = workspace();
  space.sqlite(source);
  const done = async (...args: readonly string[]): Promise<string> => {
    const result = await rowhaul(args, { cwd: space.folder });
    expect([args[0], result.exit, result.exit === 0 ? "" : result.all]).toEqual([args[0], 0, ""]);
    return result.all;
  };
  await asHostile(async (url) => {
    space.pipeline(url, "validate: { parity: full, search: { sample: 20 } }");
    await done("run", "pipeline.yaml");
    await done("validate", "pipeline.yaml");
    await done("compare", "app.db", url);
    expect(await done("query", "SELECT total, born FROM orders JOIN customers c ON c.id = customer", url)).toMatch(
      /0\.1\s.*1999-12-01/,
    );
    // out of it again, and as an export
    await done("copy", url, "back.db", "--accept-all");
    await done("export", url, "exported");
    expect(readFileSync(space.path("exported/customers.ndjson"), "utf8")).toContain("1999-12-01");
    const back = new Database(space.path("back.db"), { readonly: true });
    try {
      expect(back.prepare("SELECT name FROM customers ORDER BY id").pluck().all()).toEqual([
        "back\\slash 'quote' Ä",
        "E'x",
      ]);
    } finally {
      back.close();
    }
    await done("rollback", "pipeline.yaml", "--yes");
    await done("clean", "pipeline.yaml", "--yes");
    // into tables that are there
    space.sqlite(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, at DATETIME); INSERT INTO t VALUES (1, 'Häuser', '2024-01-02 03:04:05')",
      "into.db",
    );
    await db.pool.query(
      `CREATE TABLE public.t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text NOT NULL, at timestamptz, words tsvector);
       CREATE FUNCTION public.words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.words := to_tsvector(NEW.v); RETURN NEW; END $$;
       CREATE TRIGGER w BEFORE INSERT OR UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION public.words();
       INSERT INTO public.t VALUES (2, 'there', now());
       GRANT ALL ON public.t, public.t_id_seq TO PUBLIC`,
    );
    space.write(
      "into.yaml",
      `name: into
source: { kind: sqlite, path: into.db }
target: { kind: postgres, url: "${url}", existing: merge }
accept: [{ code: TRIGGER_FIRES, object: t.w, policy: keep }]
interpret: [{ column: t.at, zone: UTC }]
`,
    );
    await done("run", "into.yaml");
    const { rows } = await db.pool.query(
      "SELECT v, words::text, at AT TIME ZONE 'UTC' = '2024-01-02 03:04:05' AS same FROM public.t WHERE id = 1",
    );
    // words as the application's role makes them
    expect(rows).toEqual([{ v: "Häuser", words: "'haus':1", same: true }]);
    await db.pool.query("DROP TABLE public.t; DROP FUNCTION public.words()");
  });
});
