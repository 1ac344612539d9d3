/** A trigger function of one full-text table and the triggers that call it. */

import { quoteName } from "../../core/quote.ts";
import type { QualifiedName } from "../full-text-index.ts";
import { body, tableName } from "./sql-text.ts";

export type TriggerFunction = {
  /** `name()`, in the schema of the search functions. */
  readonly signature: string;
  readonly sql: string;
};

/**
 * `asOwner`: it writes tables that its callers may not. Nobody may put such a function on a table
 * of theirs; a trigger that is there already asks for no right.
 */
export function functionSql(
  name: string,
  text: string,
  { asOwner, dates = false }: { asOwner: boolean; dates?: boolean },
): TriggerFunction {
  // written as SQLite would, whatever the session of the writer prefers
  const written = dates ? " SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'postgres'" : "";
  const rights = asOwner ? " SECURITY DEFINER SET search_path = pg_catalog, pg_temp" : "";
  const create = `CREATE OR REPLACE FUNCTION fts5.${quoteName(name)}() RETURNS trigger LANGUAGE plpgsql${rights}${written} AS ${body(text)};`;
  const revoke = `\nREVOKE EXECUTE ON FUNCTION fts5.${quoteName(name)}() FROM PUBLIC;`;
  return { signature: `${quoteName(name)}()`, sql: asOwner ? create + revoke : create };
}

/** `when`: as `AFTER INSERT`; `more`: what stands between the table and the function. */
export function triggerSql(table: QualifiedName, name: string, when: string, more: string, called: string): string {
  return `CREATE OR REPLACE TRIGGER ${quoteName(name)} ${when} ON ${tableName(table)} ${more} EXECUTE FUNCTION fts5.${quoteName(called)}();`;
}
