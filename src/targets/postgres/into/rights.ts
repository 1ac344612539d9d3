/**
 * Rights that a switch into tables of the application's needs. DELETE is for the way back;
 * it, or UPDATE, is also what LOCK TABLE asks for in every version. Sequences that somebody
 * else owns are moved by setval, which needs UPDATE, and are examined first, which needs SELECT.
 */

import { RowhaulError } from "../../../core/messages/errors.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import type { MatchedTable } from "./match.ts";
import type { IntoMode } from "./mode.ts";
import { sequencesOf } from "./sequences/sequences.ts";

const needed: Readonly<Record<IntoMode, readonly string[]>> = {
  append: ["SELECT", "INSERT", "DELETE"],
  skip: ["SELECT", "INSERT", "DELETE"],
  replace: ["SELECT", "INSERT", "DELETE"],
  merge: ["SELECT", "INSERT", "UPDATE", "DELETE"],
};

export function lacks(table: MatchedTable): boolean {
  return lacking(table).length > 0;
}

function lacking({ live, mode }: MatchedTable): string[] {
  return needed[mode].filter((privilege) => live.lacking.includes(privilege));
}

/** `makes`: new tables or views come besides. Throws TARGET_PERMISSION with statements that run as they are. */
export async function refuseLacking(
  client: Client,
  schema: string,
  tables: readonly MatchedTable[],
  makes: boolean,
): Promise<void> {
  const { rows } = await client.query<{ role: string; usage: boolean; creates: boolean }>(
    `SELECT quote_ident(current_user) AS role, has_schema_privilege(n.oid, 'USAGE') AS usage, has_schema_privilege(n.oid, 'CREATE') AS creates
       FROM pg_catalog.pg_namespace n WHERE n.nspname = $1`,
    [schema],
  );
  const role = rows[0]?.role ?? "";
  const grants: string[] = [];
  const inSchema = [
    ...(rows[0]?.usage === false ? ["USAGE"] : []),
    ...(makes && rows[0]?.creates === false ? ["CREATE"] : []),
  ];
  if (inSchema.length > 0) grants.push(`GRANT ${inSchema.join(", ")} ON SCHEMA ${quoteName(schema)} TO ${role};`);
  const without: string[] = [];
  for (const table of tables) {
    const privileges = lacking(table);
    if (privileges.length === 0) continue;
    without.push(table.live.name);
    grants.push(`GRANT ${privileges.join(", ")} ON ${qualified(schema, table.live.name)} TO ${role};`);
  }
  // Without USAGE on the schema no name in it can be resolved.
  const sequences = rows[0]?.usage === true ? await sequencesOf(client, schema, tables) : [];
  const fixed = sequences.filter(({ owned, movable }) => !owned && !movable);
  for (const sequence of new Set(fixed.map(({ name }) => name)))
    grants.push(`GRANT USAGE, SELECT, UPDATE ON SEQUENCE ${sequence} TO ${role};`);
  for (const name of rows[0]?.usage === true ? await lackingDefaults(client, schema, tables) : [])
    grants.push(`GRANT USAGE ON SEQUENCE ${name} TO ${role};`);
  if (grants.length === 0) return;
  const what = [...without, ...new Set(fixed.map(({ name }) => name))];
  throw new RowhaulError(
    "TARGET_PERMISSION",
    `The target's user may not write to ${what.length > 0 ? what.join(", ") : `schema ${schema}`}.`,
    { details: grants, hint: "As the owner, run the printed GRANTs, then the same command again." },
  );
}

/** Sequences that the server draws from, in the role's name, for columns that the source does not have. */
async function lackingDefaults(client: Client, schema: string, tables: readonly MatchedTable[]): Promise<string[]> {
  const { rows } = await client.query<{ table: string; column: string; name: string }>(
    `SELECT c.relname::text AS "table", a.attname::text AS "column", s.oid::regclass::text AS name
       FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_class c ON c.oid = f.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
       JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
       JOIN pg_catalog.pg_class s ON s.oid = d.refobjid
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') END ORDER BY 3`,
    [schema, tables.map(({ live }) => live.name)],
  );
  const drawn = rows.filter(
    ({ table, column }) =>
      !tables.some(({ live, written }) => live.name === table && written.some((one) => one.live.name === column)),
  );
  return [...new Set(drawn.map(({ name }) => name))];
}
