/** Domains: their columns travel in the type below, their checks become checks of the table. */
import { quoteName } from "../../core/quote.ts";
import type { PostgresFacts } from "../../core/schema/postgres-catalog.ts";
import { type ColumnRow, type DomainRow, domainsSql } from "./queries.ts";
import type { Session } from "./session.ts";

/** `over`: the condition on a column's values. */
export type DomainCheck = { readonly name: string; over(column: string): string };

export type Domains = {
  /** By the domain's oid. */
  readonly checks: ReadonlyMap<string, readonly DomainCheck[]>;
  notes(tables: readonly (readonly [string, readonly ColumnRow[]])[]): PostgresFacts["notes"];
};

export async function readDomains(session: Session, columns: readonly ColumnRow[]): Promise<Domains> {
  const oids = [...new Set(columns.flatMap(({ domains }) => domains))];
  const rows = oids.length === 0 ? [] : (await session.query<DomainRow>(domainsSql, [oids])).rows;
  const names = new Map(rows.map((row) => [row.oid, row.name]));
  const checks = new Map<string, DomainCheck[]>();
  for (const { oid, check, definition } of rows) {
    if (check === null || definition === null) continue;
    const condition = /^CHECK (\(.*\))( NOT VALID)?$/s.exec(definition)?.[1];
    if (condition === undefined) continue;
    const over = (column: string): string => inPlaceOfValue(condition, quoteName(column));
    checks.set(oid, [...(checks.get(oid) ?? []), { name: check, over }]);
  }
  return {
    checks,
    notes: (tables) =>
      tables.flatMap(([table, own]) =>
        own
          .filter(({ domains }) => domains.length > 0)
          .map((column) => ({
            code: "DOMAIN_UNFOLDED",
            at: `${table}.${column.name}`,
            message: `of the domain ${names.get(String(column.domains[0]))}; carried as ${column.type}, the domain's checks as the table's`,
          })),
      ),
  };
}

/** VALUE is a word of its own; in texts and quoted names it is not that word. */
function inPlaceOfValue(condition: string, column: string): string {
  return condition.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\bVALUE\b/g, (found) => (found === "VALUE" ? column : found));
}
