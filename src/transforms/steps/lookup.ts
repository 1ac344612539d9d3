import { z } from "zod";
import { nearest } from "../../core/messages/nearest.ts";
import { sameName } from "../../core/schema/names.ts";
import { columnAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";
import { cellFor } from "../values/constant.ts";
import { otherwise } from "../values/otherwise.ts";
import { refuse } from "../values/refuse.ts";

export const lookup = defineTransform({
  name: "lookup",
  summary:
    "Adds a column with a value of another table's row, as it is in the source. NULL finds nothing and stays NULL; two rows that match are an error.",
  example: "lookup: { column: user_id, in: users, by: id, take: email, as: author_email }",
  options: z.strictObject({
    column: columnName,
    in: z.string().min(1),
    by: columnName,
    take: columnName,
    as: columnName,
    otherwise: otherwise.default("fail"),
  }),
  undo: "can be undone: the new column is dropped",
  parity: "the values found, and every other cell as it was",
  compile({ column, in: table, by, take, as, otherwise: rest }, shape, context) {
    const at = columnAt(shape, column, context);
    const other = context.catalog.tables.find(({ name }) => sameName(name, table));
    if (other === undefined) {
      const meant = nearest(
        table,
        context.catalog.tables.map(({ name }) => name),
      );
      context.problem(`there is no table ${table}${meant === null ? "" : `; did you mean ${meant}?`}`);
    }
    const names = other?.columns.map(({ name }) => name) ?? [];
    for (const name of [by, take]) {
      if (other === undefined || names.some((known) => sameName(known, name))) continue;
      const meant = nearest(name, names);
      context.problem(`${other.name} has no column ${name}${meant === null ? "" : `; did you mean ${meant}?`}`);
    }
    if (rest === "keep") context.problem("`otherwise: keep` has no meaning here; give fail, null or { value: … }");
    const taken = other?.columns.find(({ name }) => sameName(name, take));
    const added = newColumn(as, taken?.declaredType ?? "", taken?.pgType, taken?.truth);
    return {
      on: `${column} in ${table}`,
      outputs: [{ ...shape, columns: [...shape.columns, added] }],
      rowForRow: true,
      start(services) {
        const find = services.lookup(other?.name ?? table, by, take);
        return (row, emit) => {
          const value = row[at] ?? null;
          const found = value === null ? null : find(value);
          if (found !== undefined) return emit(0, [...row, found]);
          if (rest === "fail") refuse(column, value, `no row of ${table} has it as ${by}`, "Set `otherwise: null`.");
          emit(0, [...row, typeof rest === "object" && rest !== null ? cellFor(rest.value, added) : null]);
        };
      },
    };
  },
});
