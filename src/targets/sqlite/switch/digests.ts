/** Digests of the run's tables, to see later whether they were written to. */

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Plan } from "../../../core/plan/plan.ts";
import { isVirtual } from "../../../core/plan/virtual.ts";
import { quoteName } from "../../../core/quote.ts";
import { shadowsOf } from "../load/copy-shadows.ts";
import { hasTable } from "../load/staging.ts";
import type { Sqlite } from "../state/state.ts";

/** By target name; a table that is gone has none. */
export async function tableDigests(file: string, plan: Plan): Promise<Record<string, string>> {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const digests: Record<string, string> = {};
    for (const table of plan.tables) {
      if (!hasTable(db, table.target)) continue;
      const relations = isVirtual(table) ? shadowsOf(db, "main", table.target) : [table.target];
      const found: string[] = [];
      for (const relation of relations) found.push(await digest(db, relation));
      digests[table.target] = found.join(" ");
    }
    return digests;
  } finally {
    db.close();
  }
}

export function changedTables(
  plan: Plan,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return plan.tables.map(({ target }) => target).filter((name) => before[name] !== now[name]);
}

/** Rows in the order in which they are kept, which only writing changes. */
async function digest(db: Sqlite, relation: string): Promise<string> {
  const hash = createHash("sha256");
  const statement = db
    .prepare(`SELECT * FROM ${quoteName(relation)} NOT INDEXED`)
    .raw(true)
    .safeIntegers(true);
  let rows = 0;
  let text = "";
  for (const row of statement.iterate() as IterableIterator<unknown[]>) {
    for (const cell of row) {
      if (Buffer.isBuffer(cell)) {
        hash.update(`${text}b${cell.length}:`).update(cell);
        text = "";
      } else if (typeof cell === "string") text += `t${cell.length}:${cell}`;
      else text += `${typeof cell === "bigint" ? "i" : cell === null ? "n" : "r"}${cell};`;
    }
    text += "\n";
    if (text.length > 1 << 16) {
      hash.update(text);
      text = "";
    }
    if (++rows % 20_000 === 0) await setImmediate();
  }
  return hash.update(text).digest("hex");
}
