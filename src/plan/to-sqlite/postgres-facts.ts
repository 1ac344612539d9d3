/** What a PostgreSQL source has beyond tables and views: in SQLite nothing of it has a place, so each is named. */

import { sameName } from "../../core/schema/names.ts";
import { postgresFacts } from "../../core/schema/postgres-catalog.ts";
import type { SelectedTables } from "../selection.ts";
import type { SqlitePlanning } from "./context.ts";

export function planPostgresFacts(planning: SqlitePlanning, { tables }: SelectedTables): void {
  const facts = postgresFacts(planning.input.catalog);
  if (facts === null) return;
  const { hazards, notes, leftOut } = planning;
  notes.push(...facts.notes);
  for (const { table, name, sql } of facts.constraints)
    if (tables.some((one) => sameName(one.name, table)))
      hazards.meet({
        code: /^(PRIMARY KEY|UNIQUE)\b/i.test(sql) ? "UNIQUENESS_LOST" : "CHECK_LOST",
        at: `${table}.${name}`,
        message: `constraint ${name} of ${table}, ${sql}: SQLite has none of its kind`,
      });
  for (const { object, reason, hazard } of facts.others) {
    if (hazard !== null) hazards.meet({ ...hazard, message: `${object}: ${reason}` });
    else if (behaves.test(object))
      hazards.meet({ code: "OBJECT_LOST", at: object, message: `${object}: ${reason.replace(/;.*$/s, "")}` });
    else leftOut.push({ object, reason });
  }
}

/** What an application may rely on. A type is what its columns are made of, and a table that stays was not selected. */
const behaves = /^(sequence|function|procedure|aggregate|policy|rule|row security|constraint) /;
