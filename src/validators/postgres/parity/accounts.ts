/**
 * What the run says it changed or left behind on purpose: ledger and quarantine
 * of one table, copied into the scratch database, where each entry is ticked
 * off when a difference matches it. What is not ticked off in the end is a
 * finding too: an account of something that did not happen.
 */

import { mappedRule, skippedRule } from "../../../core/plan/live.ts";
import { quarantinedByLoad } from "../../quarantined.ts";
import { quoteName } from "../../quote.ts";
import type { ValidatorInput } from "../validator.ts";
import type { Accounts, Entry } from "./account.ts";
import type { Comparison } from "./comparison.ts";

export async function readAccounts(
  { target, scratch, table, findings }: Pick<Comparison, "target" | "scratch" | "table" | "findings">,
  input: Pick<ValidatorInput, "state" | "run">,
): Promise<Accounts> {
  const { db } = scratch;
  const copy = async (columns: readonly string[], sql: string, insert: string): Promise<number> => {
    const statement = db.prepare(insert);
    let count = 0;
    const from = `SELECT ${columns.join(", ")} FROM ${quoteName(input.state)}.${sql} WHERE run_id = $1 AND table_name = $2 AND rule <> $3${sql === "quarantine" ? ` AND ${quarantinedByLoad}` : ""}`;
    // Those of rows that meet live ones have a proof of their own.
    const own = sql === "quarantine" ? skippedRule : mappedRule;
    for await (const rows of target.pages(from, [input.run, table.source, own], 5000)) {
      db.transaction(() => {
        for (const row of rows) statement.run(...row);
      })();
      count += rows.length;
    }
    return count;
  };
  const changed = await copy(
    ["key", "column_name", "before", "after", "rule"],
    "ledger",
    "INSERT INTO ledger(key, col, before, after, rule) VALUES (?, ?, ?, ?, ?)",
  );
  const quarantined = await copy(["key", "rule"], "quarantine", "INSERT INTO quarantine(key, rule) VALUES (?, ?)");

  const entries = db.prepare<[string, string], Entry>(
    "SELECT id, before, after, rule FROM ledger WHERE key = ? AND col = ? AND used = 0 ORDER BY id",
  );
  const columns = db.prepare<[string], string>("SELECT DISTINCT col FROM ledger WHERE key = ? AND used = 0").pluck();
  const tick = db.prepare("UPDATE ledger SET used = 1 WHERE id = ?");
  const leave = db
    .prepare<[string], string>(
      "UPDATE quarantine SET used = 1 WHERE id = (SELECT min(id) FROM quarantine WHERE key = ? AND used = 0) RETURNING rule",
    )
    .pluck();
  return {
    changed,
    quarantined,
    entries: (key, column) => entries.all(key, column),
    columns: (key) => columns.all(key),
    tick: (used) => {
      for (const entry of used) tick.run(entry.id);
    },
    takeQuarantined: (key) => leave.get(key),
    async reportUnticked() {
      const ledger = db.prepare<
        [number],
        { id: number; key: string; col: string; before: string; after: string | null; rule: string }
      >("SELECT * FROM ledger WHERE used = 0 AND id > ? ORDER BY id LIMIT 500");
      for (const entry of paged(ledger)) {
        await findings.difference(() => ({
          table: table.source,
          key: entry.key,
          column: entry.col,
          source: entry.before,
          target: entry.after,
          message: `The ledger says that ${entry.rule} changed this cell, but no such difference exists.`,
        }));
      }
      const quarantine = db.prepare<[number], { id: number; key: string; rule: string }>(
        "SELECT * FROM quarantine WHERE used = 0 AND id > ? ORDER BY id LIMIT 500",
      );
      for (const entry of paged(quarantine)) {
        await findings.difference(() => ({
          table: table.source,
          key: entry.key,
          message: `The row is in quarantine (${entry.rule}), but it also arrived, or the source has no such row.`,
        }));
      }
    },
  };
}

function* paged<Row extends { id: number }>(page: { all(after: number): Row[] }): Generator<Row> {
  let after = 0;
  for (;;) {
    const rows = page.all(after);
    if (rows.length === 0) return;
    yield* rows;
    after = rows.at(-1)?.id ?? after;
  }
}
