import type { Migration } from "./migration.ts";

/** What a state from before there were versions has already. */
export const tables: Migration = {
  version: 1,
  sql: (t) => `
CREATE TABLE ${t("runs")} (
  run_id text PRIMARY KEY, pipeline text NOT NULL, target_schema text NOT NULL, staging text NOT NULL, aside text,
  plan_digest text NOT NULL, status text NOT NULL, digests jsonb, moved jsonb,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE ${t("leases")} (
  target_schema text PRIMARY KEY, run_id text NOT NULL, owner text NOT NULL, token bigint NOT NULL,
  heartbeat timestamptz NOT NULL, expires timestamptz NOT NULL);
CREATE TABLE ${t("checkpoints")} (
  run_id text NOT NULL, step text NOT NULL, rows bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run_id, step));
CREATE TABLE ${t("ledger")} (
  run_id text NOT NULL, table_name text NOT NULL, key text NOT NULL, column_name text NOT NULL, before text NOT NULL, after text, rule text NOT NULL);
CREATE INDEX ledger_cell ON ${t("ledger")} (run_id, table_name);
CREATE TABLE ${t("quarantine")} (
  run_id text NOT NULL, table_name text NOT NULL, key text NOT NULL, row jsonb NOT NULL, rule text NOT NULL);
CREATE INDEX quarantine_row ON ${t("quarantine")} (run_id, table_name);`,
};
