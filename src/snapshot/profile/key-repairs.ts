/** Texts in keys that PostgreSQL's text cannot hold: whether repairing them would make one of two keys. */
import { isUtf8 } from "node:buffer";
import type { ColumnProfile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileRequest } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { invalidRepairs, nulRepairs, type Repair, repairText } from "../../core/values/mend-text.ts";
import { type Sqlite, selected } from "../../sqlite/open.ts";

type KeyColumn = { readonly name: string; readonly collation: string };

/** Puts into the profile of each column of a unique key the repairs under which two of its keys would be equal. */
export function addKeyRepairs(
  db: Sqlite,
  { encoding }: Catalog,
  tables: Readonly<Record<string, TableProfile>>,
  requests: readonly ProfileRequest[],
): void {
  // Of a file in UTF-16, SQLite gives the bytes in UTF-16.
  if (encoding !== "UTF-8") return;
  let prepared = false;
  for (const { table, where } of requests) {
    const columns: Record<string, ColumnProfile> | undefined = tables[table.name]?.columns;
    if (columns === undefined) continue;
    for (const key of uniqueKeys(table))
      for (const how of [...nulRepairs, ...invalidRepairs]) {
        const repaired = key.filter(({ name }) => isBroken(how, columns[name]));
        if (repaired.length === 0) continue;
        if (!prepared) prepare(db);
        prepared = true;
        if (!meet(db, { table, where }, key, repaired, how)) continue;
        for (const { name } of repaired) {
          const own = columns[name];
          if (own !== undefined)
            columns[name] = { ...own, repairsMeet: [...new Set([...(own.repairsMeet ?? []), how])] };
        }
      }
  }
}

/** Those whose order is SQLite's own: another one's comparison is only known to the application. */
function uniqueKeys(table: Table): KeyColumn[][] {
  const keys = [
    (table.primaryKey ?? []).map((column, i) => ({ column, collation: table.primaryKeyCollations?.[i] ?? "BINARY" })),
    ...table.uniques.map(({ columns, collations }) =>
      columns.map((column, i) => ({ column, collation: collations[i] ?? "BINARY" })),
    ),
    ...table.indexes.filter(({ unique, where }) => unique && where === null).map(({ parts }) => parts),
  ];
  return keys.flatMap((key) => {
    const named = key.flatMap(({ column, collation }) => {
      const found = table.columns.find(({ name }) => column !== null && sameName(name, column));
      return found === undefined || !/^(BINARY|NOCASE|RTRIM)$/i.test(collation)
        ? []
        : [{ name: found.name, collation }];
    });
    return named.length === key.length && key.length > 0 ? [named] : [];
  });
}

function isBroken(how: Repair, profile: ColumnProfile | undefined): boolean {
  const isOfNul = nulRepairs.some((one) => one === how);
  return ((isOfNul ? profile?.nul.count : profile?.invalidEncoding.count) ?? 0) > 0;
}

const repairing = "rowhaul_repaired";

function prepare(db: Sqlite): void {
  db.function(repairing, { deterministic: true }, (how, bytes) => {
    const text = bytes as Buffer;
    const isBrokenText = nulRepairs.some((one) => one === how) ? isUtf8(text) && text.includes(0) : !isUtf8(text);
    return isBrokenText ? Buffer.from(repairText(how as Repair, text)) : text;
  });
}

function meet(
  db: Sqlite,
  { table, where }: Pick<ProfileRequest, "table" | "where">,
  key: readonly KeyColumn[],
  repaired: readonly KeyColumn[],
  how: Repair,
): boolean {
  const parts = key.map((column) => {
    const name = quoteName(column.name);
    if (!repaired.includes(column)) return `${name} COLLATE ${column.collation}`;
    return `CASE typeof(${name}) WHEN 'text' THEN CAST(${repairing}('${how}', CAST(${name} AS BLOB)) AS TEXT) ELSE ${name} END COLLATE ${column.collation}`;
  });
  const names = key.map(({ name }) => name);
  const present = names.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ");
  const twice = `SELECT 1 FROM ${selected(table.name, where, names)} WHERE ${present} GROUP BY ${parts.join(", ")} HAVING count(*) > 1 LIMIT 1`;
  return db.prepare(twice).get() !== undefined;
}
