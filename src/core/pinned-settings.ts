/**
 * What each of our transactions on PostgreSQL sets for itself, whoever opens it: whatever a role, a database or a
 * server is set to, statements mean the same and values have the same texts. Nothing is left in the session, so that a
 * pooler may stand in between.
 *
 * Left as they are: settings that say only how fast or where (planner, memory, tablespaces, compression, logging).
 * Settings that need a superuser cannot be set by everybody; those of them that would spoil a move are refused by name
 * ({@link unsafeSettings}).
 */

/** Those that a server does not know, because it is older, are passed over. */
const pinned: Readonly<Record<string, string>> = {
  // first, so that the rest has the time for it
  statement_timeout: "0",
  transaction_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  lock_timeout: "30s",
  // an error ends the statement, not the session
  exit_on_error: "off",

  // which objects a name means, and how a text is read as SQL
  search_path: "",
  standard_conforming_strings: "on",
  backslash_quote: "safe_encoding",
  transform_null_equals: "off",
  array_nulls: "on",
  xmloption: "content",
  timezone_abbreviations: "Default",
  default_text_search_config: "pg_catalog.simple",
  client_encoding: "UTF8",

  // how values and names are written
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  // a conversion by way of the text would round to 15 digits with less
  extra_float_digits: "1",
  bytea_output: "hex",
  xmlbinary: "base64",
  lc_monetary: "C",
  lc_numeric: "C",
  lc_time: "C",
  quote_all_identifiers: "off",
  client_min_messages: "warning",

  // which rows are seen: an error instead of fewer of them, and never a sample
  row_security: "off",
  restrict_nonsystem_relation_kind: "",
  gin_fuzzy_search_limit: "0",
  synchronize_seqscans: "off",
  stats_fetch_consistency: "cache",

  // what a statement makes
  check_function_bodies: "on",
  default_table_access_method: "heap",
  "plpgsql.extra_errors": "none",
  "plpgsql.extra_warnings": "none",
};

/** Names of extensions' settings have a dot, and are kept for them until they are loaded. */
const known = (name: string): string =>
  name.includes(".") ? "true" : `pg_catalog.current_setting('${name}', true) IS NOT NULL`;

/** One statement; to be run in a transaction. What is committed is to outlive a crash of the server, however it is replicated. */
export const pinSettings = `SELECT ${Object.entries(pinned)
  .map(([name, value]) => `CASE WHEN ${known(name)} THEN pg_catalog.set_config('${name}', '${value}', true) END`)
  .join(
    ", ",
  )}, CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off' THEN pg_catalog.set_config('synchronous_commit', 'on', true) END`;

export type TransactionKind = "read-write" | "read-only" | "one state";

const beginnings: Readonly<Record<TransactionKind, string>> = {
  "read-write": "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
  "read-only": "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
  "one state": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
};

/**
 * Begins a transaction, whatever the session's default is for one. The query at its end also keeps a transaction that
 * only reads from being made another: that is taken before any query alone. `first`: what must come before any query.
 */
export function beginning(kind: TransactionKind, first?: string): string {
  return [beginnings[kind], ...(first === undefined ? [] : [first]), pinSettings].join("; ");
}

/** For a statement of the user's: it sees the rows that their application sees, and words as it does. */
export const asTheApplication = "SET LOCAL row_security = on; SET LOCAL default_text_search_config TO DEFAULT";

/** Only a superuser sets them, and each would spoil a move without a word: [name, the value that is right, what it does]. */
export const unsafeSettings = [
  ["session_replication_role", "origin", "keeps triggers and foreign keys from working"],
  ["zero_damaged_pages", "off", "empties damaged pages instead of reporting them"],
  ["ignore_checksum_failure", "off", "reads damaged pages without reporting them"],
] as const;
