/**
 * The tables behind a virtual table, copied as they are: the index of a full-text table with its own history, so that
 * it answers as before, ranks included; and texts that are stored nowhere else.
 */

import { RowhaulError } from "../../../core/messages/errors.ts";
import type { TablePlan } from "../../../core/plan/plan.ts";
import { quoteName } from "../../../core/quote.ts";
import { readDeclaration } from "../../../search/declaration.ts";
import type { Sqlite } from "../state/state.ts";
import type { Arrival } from "./insert-sql.ts";

/** Returns the rows that the virtual table has now, as far as it says. */
export function copyShadows(db: Sqlite, attached: boolean, table: TablePlan, arrival: Arrival): number {
  if (arrival.existed) return addRows(db, attached, table);
  if (!attached)
    throw new RowhaulError("TARGET_REFUSED", `${table.source} cannot be copied into a file of another text encoding.`, {
      hint: "Leave it out, or set `target.existing: keep-aside`.",
    });
  for (const name of shadowsOf(db, "main", table.source)) {
    const there = `rowhaul_target.${quoteName(name)}`;
    const columns = db
      .prepare("SELECT name FROM pragma_table_info(?, 'main')")
      .pluck()
      .all(name)
      .map((column) => quoteName(String(column)));
    db.exec(`DELETE FROM ${there}`);
    db.exec(`INSERT INTO ${there} (${columns.join(", ")}) SELECT ${columns.join(", ")} FROM main.${quoteName(name)}`);
  }
  return table.rows;
}

/** The virtual table was there and has rows of its own. Indexes of another table's texts are built again at the end. */
function addRows(db: Sqlite, attached: boolean, table: TablePlan): number {
  const declaration = readDeclaration(table.create);
  if (declaration?.content.kind === "external") return 0;
  if (!attached || declaration?.content.kind !== "own")
    throw new RowhaulError("TARGET_REFUSED", `The rows of ${table.source} cannot be added to the table of that name.`, {
      hint: "Leave it out, or set `target.existing: replace`.",
    });
  const columns = declaration.columns.map(({ name }) => quoteName(name)).join(", ");
  const there = `rowhaul_target.${quoteName(table.target)}`;
  return db.prepare(`INSERT INTO ${there} (${columns}) SELECT ${columns} FROM main.${quoteName(table.source)}`).run()
    .changes;
}

/** Of two virtual tables `a` and `a_b`, the second owns `a_b_data`. */
export function shadowsOf(db: Sqlite, schema: string, table: string): string[] {
  const list = db.prepare("SELECT name, type FROM pragma_table_list WHERE schema = ?").all(schema) as {
    name: string;
    type: string;
  }[];
  const virtual = list.filter(({ type }) => type === "virtual").map(({ name }) => name);
  return list
    .filter(({ type }) => type === "shadow")
    .map(({ name }) => name)
    .filter((name) => {
      const owners = virtual.filter((one) => name.toLowerCase().startsWith(`${one.toLowerCase()}_`));
      const owner = owners.sort((a, b) => b.length - a.length)[0];
      return owner?.toLowerCase() === table.toLowerCase();
    });
}
