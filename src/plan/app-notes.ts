/** What the application's code must take into account after the move, as far as this plan requires it. */

import type { TablePlan } from "../core/plan/plan.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { Settings } from "../core/settings.ts";

export function appNotes(tables: readonly TablePlan[], catalog: Catalog, { search }: Settings): string[] {
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => ({ ...column, at: `${table.source}.${column.source}` })),
  );
  const some = (kind: string): string | undefined => columns.find((column) => column.encoding.kind === kind)?.at;
  const hidden = new Set(
    catalog.tables.flatMap((table) =>
      table.columns.filter((column) => column.hiddenRowid === true).map((column) => `${table.name}.${column.name}`),
    ),
  );
  // Between two PostgreSQL nothing changes for the application but what the plan's notes say.
  if (catalog.dialect === "postgres") return [];
  const notes: string[] = [];
  if (columns.some((column) => column.pgType === "bigint"))
    notes.push("node-postgres returns bigint as a string; parse it with BigInt, or set a type parser for OID 20.");
  const numbered = tables.find(({ identity, into }) => identity !== null && into === undefined);
  if (numbered !== undefined)
    notes.push(
      `A NULL asked SQLite for the next id; PostgreSQL refuses it in a key such as ${numbered.source}.${numbered.identity?.column}: leave the column out of the INSERT, or write DEFAULT in its place.`,
    );
  const boolean = some("boolean");
  if (boolean !== undefined) notes.push(`Booleans are booleans now: write WHERE ${boolean} instead of ${boolean} = 1.`);
  const timestamp = some("timestamp");
  if (timestamp !== undefined)
    notes.push(
      `Dates such as ${timestamp} are timestamps without a zone, in UTC as SQLite wrote them; a driver may read them as local time.`,
    );
  const numeric = some("numeric");
  if (numeric !== undefined) notes.push(`Decimals such as ${numeric} come from node-postgres as strings, exactly.`);
  const mixedCase =
    tables.find((table) => table.target !== table.target.toLowerCase()) ??
    columns.find((column) => column.target !== column.target.toLowerCase());
  if (mixedCase !== undefined)
    notes.push(`Names keep their case (such as ${mixedCase.target}), so PostgreSQL needs them in double quotes.`);
  const nocase = catalog.tables
    .filter((table) => tables.some((moved) => moved.source === table.name))
    .flatMap((table) =>
      table.columns.filter((column) => column.collation === "NOCASE").map((column) => `${table.name}.${column.name}`),
    )[0];
  if (nocase !== undefined)
    notes.push(
      `${nocase} compared without case in SQLite: write lower(column COLLATE "C") = lower($1 COLLATE "C") to get the same rows and use the index.`,
    );
  const searched = tables.find((table) => table.fullText !== undefined);
  if (searched !== undefined && search.mode !== "native")
    notes.push(
      `MATCH is a function now, with the same queries, hits, order and scores: SELECT rowid, rank FROM ${search.schema}.search('${searched.target}', $1). See docs/search.md.`,
    );
  if (searched !== undefined && search.mode === "native")
    notes.push(
      `MATCH becomes ${searched.fullText?.vector} @@ websearch_to_tsquery('${search.config}', $1) on ${searched.target}; its hits differ from SQLite's, see the search validator.`,
    );
  const rowid = columns.find((column) => hidden.has(column.at));
  if (rowid !== undefined)
    notes.push(`${rowid.at} is SQLite's hidden rowid, taken along for full-text search; SELECT * shows it.`);
  notes.push(
    "SQLite's LIKE ignores ASCII case, PostgreSQL's does not: lower(column COLLATE \"C\") LIKE lower($1 COLLATE \"C\") ESCAPE '' gives the same rows.",
  );
  return notes;
}
