import { sameName } from "../../core/schema/names.ts";
import type { Planning } from "../context.ts";
import type { Draft } from "./draft-table.ts";
import { planOf } from "./indexes.ts";

/** Keys over columns that hold several classes: SQLite compares numbers by value there, PostgreSQL the classes as well. */
export function noteLooserKeys(draft: Draft, planning: Planning): void {
  const { table } = draft;
  const keys = [
    table.primaryKey ?? [],
    ...table.uniques.map(({ columns }) => columns),
    ...table.indexes.filter(({ unique }) => unique).map(({ parts }) => parts.flatMap(({ column }) => column ?? [])),
  ];
  for (const { name } of table.columns) {
    if (planOf(name, draft)?.encoding.kind !== "tagged") continue;
    if (!keys.some((columns) => columns.some((column) => sameName(column, name)))) continue;
    planning.notes.push({
      code: "UNIQUENESS_LOOSER",
      at: `${table.name}.${name}`,
      message:
        "the key keeps an integer and a REAL of the same value apart (1 and 1.0), which SQLite takes for one: of new rows it lets both in",
    });
  }
}
