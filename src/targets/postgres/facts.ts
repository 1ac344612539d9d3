/** What preflight and the plan must know of the target, asked once. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { unsafeSettings } from "../../core/pinned-settings.ts";
import type { TargetFacts } from "../../core/plan/target-facts.ts";
import { quoteLiteral, quoteName } from "../../core/quote.ts";
import { ask } from "../../postgres/begin.ts";
import { createDatabase, targetError } from "../../postgres/errors.ts";
import type { Pool } from "../../postgres/transaction.ts";

export async function readTargetFacts(pool: Pool, schema: string, shown: string): Promise<TargetFacts> {
  try {
    const { rows } = await ask(
      pool,
      `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
              current_user::text AS role, current_database()::text AS database,
              has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
              (SELECT oid FROM pg_namespace WHERE nspname = $1) IS NOT NULL AS "schemaExists",
              coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1), true) AS "mayCreateInSchema",
              coalesce((SELECT array_agg(rolname::text) FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'web_anon')
                         AND has_schema_privilege(oid, (SELECT n.oid FROM pg_namespace n WHERE nspname = $1), 'USAGE')), '{}') AS "apiRoles",
              (SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm') AS trigram,
              pg_is_in_recovery() AS standby,
              (SELECT coalesce(array_agg(s.name || ' = ' || s.setting || ', which ' || u.does ORDER BY s.name), '{}') FROM pg_settings s
                 JOIN (VALUES ${unsafe}) u (name, safe, does) ON u.name = s.name AND u.safe <> s.setting) AS unsafe,
              datcollate AS collate, to_jsonb(d)->>'datlocprovider' AS provider, pg_database_size(current_database()) AS bytes
         FROM pg_database d WHERE datname = current_database()`,
      [schema],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("A database that is connected to and not there");
    return {
      version: Math.floor(row.version / 10_000),
      encoding: row.encoding,
      role: row.role,
      database: row.database,
      mayCreateSchema: row.mayCreateSchema,
      schemaExists: row.schemaExists,
      mayCreateInSchema: row.mayCreateInSchema,
      apiRoles: row.apiRoles,
      standby: row.standby,
      unsafe: row.unsafe,
      ...(row.trigram === null ? {} : { trigramSchema: row.trigram }),
      // Only libc's C and POSIX and PostgreSQL's own provider order by code point.
      binaryOrder:
        row.provider === "b" ||
        ((row.provider === "c" || row.provider === null) && /^(C|POSIX|C\.(utf-?8))$/i.test(row.collate)),
    };
  } catch (thrown) {
    throw targetError(thrown, `connecting to ${shown}`);
  }
}

const unsafe = unsafeSettings.map((setting) => `(${setting.map(quoteLiteral).join(", ")})`).join(", ");

/** Throws for what no plan could work around. `makes`: tables are to be made in the schema, not only filled. */
export function checkTarget(facts: TargetFacts, schema: string, makes = true): void {
  if (facts.version < 14)
    throw new RowhaulError("TARGET_VERSION", `The target is PostgreSQL ${facts.version}; 14 to 18 are supported.`);
  if (facts.standby === true)
    throw new RowhaulError("TARGET_SETTING", "The target server is a standby, on which nothing can be written.", {
      hint: "Give the primary's URL.",
    });
  const [unsafeSetting] = facts.unsafe ?? [];
  if (unsafeSetting !== undefined)
    throw new RowhaulError("TARGET_SETTING", `The role ${facts.role} works on the target with ${unsafeSetting}.`, {
      details: facts.unsafe?.slice(1) ?? [],
      hint: unset(facts, unsafeSetting),
    });
  if (facts.encoding !== "UTF8")
    throw new RowhaulError(
      "TARGET_ENCODING",
      `The target database ${facts.database} has the encoding ${facts.encoding}, not UTF8.`,
      {
        hint: `As an administrator, run: ${createDatabase(`${facts.database}_utf8`)} And name that in the URL; or create one with \`createdb -E UTF8 -T template0\`.`,
      },
    );
  const grants: string[] = [];
  if (!facts.mayCreateSchema)
    grants.push(`GRANT CREATE ON DATABASE ${quoteName(facts.database)} TO ${quoteName(facts.role)};`);
  if (makes && facts.schemaExists && !facts.mayCreateInSchema)
    grants.push(`GRANT CREATE, USAGE ON SCHEMA ${quoteName(schema)} TO ${quoteName(facts.role)};`);
  if (grants.length > 0) {
    throw new RowhaulError("TARGET_PERMISSION", `The role ${facts.role} lacks rights on the target.`, {
      details: grants,
      hint: `As the owner, run: ${grants.join(" ")}`,
    });
  }
}

/** It may be set for the role, for the database, or for the role in the database. */
function unset({ role, database }: TargetFacts, setting: string): string {
  const name = setting.split(" ")[0] ?? "";
  const [who, where] = [quoteName(role), quoteName(database)];
  return `As an administrator, run: ALTER ROLE ${who} RESET ${name}; ALTER ROLE ${who} IN DATABASE ${where} RESET ${name}; ALTER DATABASE ${where} RESET ${name}; Then run the same command again.`;
}
