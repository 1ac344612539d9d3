import type { Migration } from "./migration.ts";

/** What a state from before there were versions has already. */
export const tables: Migration = {
  version: 1,
  sql: `
CREATE TABLE runs (
  run TEXT PRIMARY KEY, pipeline TEXT NOT NULL, "schema" TEXT NOT NULL, staging TEXT NOT NULL, aside TEXT,
  plan TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, copied TEXT, switched TEXT);
CREATE TABLE lease (
  id INTEGER PRIMARY KEY CHECK (id = 1), run TEXT NOT NULL, owner TEXT NOT NULL, token INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE ledger (
  run TEXT NOT NULL, "table" TEXT NOT NULL, "key" TEXT NOT NULL, "column" TEXT NOT NULL, before TEXT NOT NULL, after TEXT, rule TEXT NOT NULL);
CREATE TABLE quarantine (
  run TEXT NOT NULL, "table" TEXT NOT NULL, "key" TEXT NOT NULL, row TEXT NOT NULL, rule TEXT NOT NULL);`,
};
