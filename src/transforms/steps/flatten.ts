import { z } from "zod";
import { columnAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { type CastType, castTypes } from "../values/cast-types.ts";
import { castColumn } from "../values/cast-value.ts";
import { columnName } from "../values/column-names.ts";
import { jsonCell, jsonMembers } from "../values/json-text.ts";
import { refuse } from "../values/refuse.ts";
import { textOf } from "../values/text.ts";

const member = z.union([columnName, z.strictObject({ as: columnName.optional(), type: z.enum(castTypes).optional() })]);

export const flatten = defineTransform({
  name: "flatten",
  summary:
    "Makes columns of a JSON object's members, in place of the object's own column. A member that is not listed is refused unless `others: drop`.",
  example: "flatten: { column: address, members: { street: street, zip: { as: postcode, type: text } } }",
  options: z.strictObject({
    column: columnName,
    members: z.union([z.array(columnName).min(1), z.record(columnName, member)]),
    others: z.enum(["fail", "drop"]).default("fail"),
    keep: z.boolean().default(false),
  }),
  undo: "can be undone in value; the text's spacing and, with `others: drop`, other members are not kept",
  parity: "each member in its column",
  compile({ column, members, others, keep }, shape, context) {
    const at = columnAt(shape, column, context);
    const name = shape.columns[at]?.name ?? column;
    const wanted = memberColumns(members);
    const known = new Set(wanted.map(({ member }) => member));
    const columns = wanted.map(({ as, type }) =>
      type === null ? newColumn(as, "") : newColumn(as, castColumn[type].declaredType, castColumn[type].pgType),
    );
    const rest = shape.columns.map((_, i) => i).filter((i) => keep || i !== at);
    return {
      on: column,
      outputs: [{ ...shape, columns: [...rest.flatMap((i) => shape.columns[i] ?? []), ...columns] }],
      rowForRow: true,
      start: () => (row, emit) => {
        const value = row[at] ?? null;
        const text = textOf(value, name);
        const found = text === null || text === "null" ? new Map<string, string>() : jsonMembers(text, name);
        if (found === null) return refuse(name, value, "the text is no JSON object");
        const surplus = others === "drop" ? undefined : [...found.keys()].find((key) => !known.has(key));
        if (surplus !== undefined)
          refuse(name, value, `the object has a member ${JSON.stringify(surplus)}`, "List it, or set `others: drop`.");
        const cells = wanted.map(({ member, as, type }) => {
          const raw = found.get(member);
          return raw === undefined ? null : jsonCell(raw, type, as);
        });
        emit(0, [...rest.map((i) => row[i] ?? null), ...cells]);
      },
    };
  },
});

type Members = readonly string[] | Readonly<Record<string, z.infer<typeof member>>>;

function memberColumns(members: Members): { member: string; as: string; type: CastType | null }[] {
  if (Array.isArray(members)) return members.map((name: string) => ({ member: name, as: name, type: null }));
  return Object.entries(members as Readonly<Record<string, z.infer<typeof member>>>).map(([name, to]) =>
    typeof to === "string"
      ? { member: name, as: to, type: null }
      : { member: name, as: to.as ?? name, type: to.type ?? null },
  );
}
