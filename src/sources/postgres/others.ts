/** Other objects of the schema beside tables and views, listed so that the plan can report what does not move. */
import type { Trigger } from "../../core/schema/catalog.ts";
import type { PostgresFacts } from "../../core/schema/postgres-catalog.ts";
import {
  type CommentRow,
  commentsSql,
  policiesSql,
  routinesSql,
  rulesSql,
  statisticsSql,
  type TriggerRow,
  type TypeRow,
  triggersSql,
  typesSql,
} from "./queries.ts";
import type { Relations } from "./relations.ts";
import type { Sequences } from "./sequences.ts";
import type { Session } from "./session.ts";

export type Others = {
  readonly triggers: readonly Trigger[];
  readonly types: PostgresFacts["types"];
  readonly comments: PostgresFacts["comments"];
  readonly objects: PostgresFacts["others"];
};

export async function readOthers(
  session: Session,
  schema: string,
  relations: Relations,
  sequences: Sequences,
): Promise<Others> {
  const tables = relations.tables.map(({ oid }) => oid);
  const views = relations.views.map(({ oid }) => oid);
  const ask = async <T extends object>(sql: string, value: unknown): Promise<T[]> =>
    (await session.query<T>(sql, [value])).rows;
  const types = (await session.query<TypeRow>(typesSql)).rows;
  const triggers = await ask<TriggerRow>(triggersSql, [...tables, ...views]);
  const routines = await ask<{ object: string }>(routinesSql, schema);
  const policies = await ask<{ table: string; name: string }>(policiesSql, tables);
  const rules = await ask<{ table: string; name: string }>(rulesSql, [...tables, ...views]);
  const statistics = await ask<{ table: string; name: string }>(statisticsSql, tables);
  const plain = (object: string, reason: string) => ({ object, reason, hazard: null });
  return {
    triggers,
    types: types.flatMap(({ schema: own, name, kind, base }) => {
      if (kind === "e") return [{ schema: own, name, becomes: "text" }];
      return base === null ? [] : [{ schema: own, name, becomes: base }];
    }),
    comments: await ask<CommentRow>(commentsSql, tables),
    objects: [
      ...relations.views
        .filter(({ kind }) => kind === "m")
        .map(({ name }) => ({
          object: `materialized view ${name}`,
          reason: "materialized views are not moved",
          hazard: { code: "VIEW_LOST" as const, at: name },
        })),
      ...relations.views.flatMap(({ name, options }) =>
        (options ?? []).map((option) => plain(`${option} of view ${name}`, "set it again in the target")),
      ),
      ...relations.sequences
        .filter(({ oid, extension }) => !sequences.used.has(oid) && !extension)
        .map(({ name }) => plain(`sequence ${name}`, "no column is filled by it alone")),
      ...types
        .filter((type) => type.schema === schema)
        .map(({ name, kind }) =>
          plain(`${kinds[kind]} ${name}`, "types are not moved; columns of it travel in what it is made of"),
        ),
      ...routines.map(({ object }) => plain(object, "functions are not moved")),
      ...policies.map(({ table, name }) => plain(`policy ${name} of ${table}`, "policies are not moved")),
      ...rules.map(({ table, name }) => plain(`rule ${name} of ${table}`, "rules are not moved")),
      ...statistics.map(({ table, name }) =>
        plain(`statistics ${name} of ${table}`, "extended statistics are not moved"),
      ),
    ],
  };
}

const kinds: Readonly<Record<TypeRow["kind"], string>> = {
  e: "enum",
  d: "domain",
  r: "range type",
  c: "composite type",
};
