/**
 * The schema of functions and tables that full-text tables need in PostgreSQL. Its SQL is written with
 * the schema name `fts5.`, which gives way to the one asked for.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { RowhaulError } from "../core/messages/errors.ts";
import { vectorSql } from "./maintain/vector-sql.ts";
import { standardTokenizers } from "./tokenizer/standard.ts";
import type { KnownTokenizer } from "./tokenizer/tokenizer.ts";
import { tokenizerSql } from "./tokenizer/tokenizer-sql.ts";

/** Rises whenever a function or table changes so that an older program could not use it. */
const version = 1;

/** Creates the schema or brings it up to date. All of it belongs in one transaction. */
export function installSql(schema: string): string[] {
  const name = checked(schema);
  const statements = [
    ...sqlFiles(),
    ...unique(standardTokenizers().flatMap(tokenizerStatements)),
    `CREATE OR REPLACE FUNCTION fts5.version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT ${version}'`,
  ];
  const mark = `search functions of rowhaul, ${createHash("sha256").update(statements.join(";")).digest("hex").slice(0, 16)}`;
  return [
    // functions may call those of a later file
    "SET LOCAL check_function_bodies = off",
    "SET LOCAL client_min_messages = warning",
    guardSql(name),
    dropOthersSql(name, mark),
    ...statements.map((sql) => inSchema(sql, name)),
    `COMMENT ON SCHEMA "${name}" IS '${mark}'`,
  ];
}

/** The functions of a tokenizer that is not among the standard ones. */
export function installTokenizerSql(schema: string, tokenizer: KnownTokenizer): string[] {
  return unique(tokenizerStatements(tokenizer)).map((sql) => inSchema(sql, checked(schema)));
}

/** With every trigger on the tables it serves; the tables stay. Refuses a schema that is not ours. */
export function removeSql(schema: string): string[] {
  const name = checked(schema);
  return [
    `DO $$ BEGIN
  IF to_regprocedure('"${name}".version()') IS NOT NULL THEN DROP SCHEMA "${name}" CASCADE;
  ELSIF to_regnamespace('"${name}"') IS NOT NULL THEN
    RAISE EXCEPTION 'schema "${name}" was not made by rowhaul' USING ERRCODE = '42P06';
  END IF;
END $$`,
  ];
}

/** SQL written for the schema `fts5`, for another. */
export function inSchema(sql: string, schema: string): string {
  if (schema === "fts5") return sql;
  return sql
    .replace(/\bfts5\./g, `"${schema}".`)
    .replace(/\bSCHEMA fts5\b/g, `SCHEMA "${schema}"`)
    .replace(/'fts5'::regnamespace/g, `'"${schema}"'::regnamespace`);
}

/** The same for SQL with names and texts of the source in it: whatever stands in quotes stays as it is. */
export function inSchemaBesidesQuoted(sql: string, schema: string): string {
  if (schema === "fts5") return sql;
  const place = `"${checked(schema)}".`;
  return sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\bfts5\./g, (found) => (found === "fts5." ? place : found));
}

/** Refuses a schema of that name that is not ours, or is newer; for a plan to try. */
export function schemaCheckSql(schema: string): string {
  return guardSql(checked(schema));
}

/** Two installations at a time would meet in the catalog; the second waits. */
function guardSql(schema: string): string {
  return `DO $$
DECLARE
  there integer;
  owner name;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('rowhaul search ${schema}', 0));
  IF to_regnamespace('"${schema}"') IS NOT NULL THEN
    -- what stands there is called below, with the rights of who installs
    SELECT r.rolname INTO owner FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
      WHERE n.oid = to_regnamespace('"${schema}"') AND r.rolname <> current_user AND NOT r.rolsuper;
    IF FOUND THEN
      RAISE EXCEPTION 'schema "${schema}" belongs to role %', owner
        USING ERRCODE = '42501', HINT = 'Install as that role, or choose another schema for search.';
    END IF;
    IF to_regprocedure('"${schema}".version()') IS NULL THEN
      RAISE EXCEPTION 'schema "${schema}" exists and was not made by rowhaul'
        USING ERRCODE = '42P06', HINT = 'Choose another schema for search, or drop this one.';
    END IF;
    EXECUTE 'SELECT "${schema}".version()' INTO there;
    IF there > ${version} THEN
      RAISE EXCEPTION 'schema "${schema}" has version % of the search functions, newer than this program''s ${version}', there
        USING ERRCODE = '55000', HINT = 'Use the newer rowhaul.';
    END IF;
  END IF;
  CREATE SCHEMA IF NOT EXISTS "${schema}";
END $$`;
}

/**
 * Functions of another rowhaul go first, since CREATE OR REPLACE cannot give one other parameters. Those stay that
 * something was built on, and those that belong to single tables: triggers, and tokenizers of their own.
 */
function dropOthersSql(schema: string, mark: string): string {
  return `DO $$
DECLARE made regprocedure;
BEGIN
  IF obj_description('"${schema}"'::regnamespace, 'pg_namespace') IS NOT DISTINCT FROM '${mark}' THEN RETURN; END IF;
  FOR made IN SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = '"${schema}"'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
      AND p.proname !~ '^((porter_)?(unicode61|ascii)_x[0-9a-f]{8}|native)_'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid)
  LOOP
    EXECUTE 'DROP FUNCTION ' || made;
  END LOOP;
END $$`;
}

/** Tables and dictionaries before what is made of them; the rest in any order. */
function sqlFiles(): string[] {
  const folder = new URL("./sql/", import.meta.url);
  const first = ["tables.sql", "lexeme.sql", "values.sql", "porter.sql", "vector.sql"];
  const others = readdirSync(folder).filter((file) => file.endsWith(".sql") && !first.includes(file));
  return [...first, ...others.sort()].map((file) => readFileSync(new URL(file, folder), "utf8"));
}

function tokenizerStatements(tokenizer: KnownTokenizer): string[] {
  return [...tokenizerSql(tokenizer), ...vectorSql(tokenizer)];
}

/** The base of a porter comes with it, and by itself too. */
function unique(statements: readonly string[]): string[] {
  return [...new Set(statements)];
}

/** It stands within quotes of several kinds and in function bodies. */
function checked(schema: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema) && !/^pg_/i.test(schema)) return schema;
  throw new RowhaulError("PIPELINE_INVALID", `"${schema}" cannot be the schema of the search functions`, {
    hint: "Choose a name of letters, digits and underscores that does not begin with pg_.",
  });
}
