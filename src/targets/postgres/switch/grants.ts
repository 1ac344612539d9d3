/**
 * Owner and privileges of the new tables and views: what the pipeline says; else those
 * of the table that was replaced; else the schema's default privileges, which PostgreSQL
 * itself only gives to what is created in the schema, not to what is moved there.
 */

import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { executeAll } from "../../../postgres/many-statements.ts";
import type { Client } from "../../../postgres/transaction.ts";

/** To be called after the move; `replaced`: names that now stand in `plan.target.aside`. */
export async function grantAll(client: Client, plan: Plan, replaced: ReadonlySet<string>): Promise<void> {
  // Triggers write to these with the rights of the installing role, so no other role may put triggers on them.
  const keptByTriggers = new Set(
    plan.tables.filter((table) => table.fullText?.content.kind === "external").map((table) => table.target),
  );
  const defaults = plan.target.grants.length === 0 ? await readDefaults(client, plan.target.schema) : [];
  const statements: string[] = [];
  for (const [noun, name] of relations(plan)) {
    const relation = qualified(plan.target.schema, name);
    if (plan.target.rowSecurity && noun === "TABLE")
      statements.push(`ALTER TABLE ${relation} ENABLE ROW LEVEL SECURITY`);
    const before =
      plan.target.aside !== null && replaced.has(name) ? await readAccess(client, plan.target.aside, name) : null;
    const kept = keptByTriggers.has(name);
    const grants = grantsFor(plan, noun, before?.grants ?? defaults);
    for (const grant of kept ? readingOnly(grants, plan.target.owner ?? before?.owner ?? null) : grants) {
      statements.push(
        `GRANT ${grant.privilege} ON ${relation} TO ${grant.to}${grant.grantable ? " WITH GRANT OPTION" : ""}`,
      );
    }
    // Last, because after giving a table away the role may no longer grant on it.
    const owner = plan.target.owner ?? before?.owner ?? null;
    if (owner !== null && !kept) statements.push(`ALTER ${noun} ${relation} OWNER TO ${quoteName(owner)}`);
  }
  await executeAll(client, statements);
}

/** The owner of the other tables reads it, too. */
function readingOnly(grants: readonly Grant[], owner: string | null): Grant[] {
  const readers = grants.filter(({ privilege }) => /^(select|all)$/i.test(privilege)).map(({ to }) => to);
  const all = new Set([...readers, ...(owner === null ? [] : [quoteName(owner)])]);
  return [...all].map((to) => ({ privilege: "SELECT", to, grantable: false }));
}

type Noun = "TABLE" | "VIEW";
type Grant = { readonly privilege: string; readonly to: string; readonly grantable: boolean };
type Access = { readonly owner: string | null; readonly grants: readonly Grant[] };

function relations(plan: Plan): [Noun, string][] {
  return [
    ...plan.tables.map((table): [Noun, string] => ["TABLE", table.target]),
    ...plan.views.map((view): [Noun, string] => ["VIEW", view.target]),
  ];
}

/** `otherwise`: where the pipeline says nothing. */
function grantsFor(plan: Plan, noun: Noun, otherwise: readonly Grant[]): readonly Grant[] {
  if (plan.target.grants.length === 0) return otherwise;
  return plan.target.grants.flatMap(({ privileges, to }) =>
    privileges
      .filter((privilege) => noun === "TABLE" || /^(select|all)$/i.test(privilege))
      .map((privilege) => ({ privilege, to: /^public$/i.test(to) ? "PUBLIC" : quoteName(to), grantable: false })),
  );
}

/** Owner (null when it is the current role) and grants of a relation that existed before. */
async function readAccess(client: Client, schema: string, name: string): Promise<Access> {
  const { rows } = await client.query(
    `SELECT nullif(pg_catalog.pg_get_userbyid(c.relowner), current_user)::text AS owner, ${explode("c.relacl", "c.relowner")} AS grants
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, name],
  );
  const row = rows[0] as { owner: string | null; grants: Grant[] | null } | undefined;
  return { owner: row?.owner ?? null, grants: row?.grants ?? [] };
}

async function readDefaults(client: Client, schema: string): Promise<readonly Grant[]> {
  const { rows } = await client.query(
    `SELECT ${explode("d.defaclacl", "d.defaclrole")} AS grants FROM pg_catalog.pg_default_acl d
       JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
       JOIN pg_catalog.pg_roles r ON r.oid = d.defaclrole AND r.rolname = current_user
      WHERE n.nspname = $1 AND d.defaclobjtype = 'r'`,
    [schema],
  );
  return (rows[0] as { grants: Grant[] | null } | undefined)?.grants ?? [];
}

/** An ACL as grants; what the owner has by itself is left out. */
function explode(acl: string, owner: string): string {
  return `(SELECT json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable,
             'to', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END))
           FROM aclexplode(${acl}) a WHERE a.grantee <> ${owner})`;
}
