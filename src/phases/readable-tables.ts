/** Tables whose rows SQLite can read without the application. */
import { RowhaulError } from "../core/messages/errors.ts";
import type { Catalog, Table } from "../core/schema/catalog.ts";

/**
 * All but those that are not wanted and cannot be read: a WITHOUT ROWID table is one index, and without the collation of
 * its key SQLite does not open that. Throws SOURCE_UNSUPPORTED for one that is wanted.
 */
export function readableTables({ tables, dialect }: Catalog, isWanted: (name: string) => boolean): readonly Table[] {
  if (dialect === "postgres") return tables;
  return tables.filter((table) => {
    const foreign = foreignCollation(table);
    if (foreign !== null && isWanted(table.name)) throw unreadable(table, foreign);
    return foreign === null;
  });
}

type ForeignCollation = { readonly column: string; readonly collation: string };

function foreignCollation({ withoutRowid, primaryKey, primaryKeyCollations }: Table): ForeignCollation | null {
  if (!withoutRowid) return null;
  const at = primaryKeyCollations?.findIndex((one) => !/^(BINARY|NOCASE|RTRIM)$/i.test(one)) ?? -1;
  return at < 0 ? null : { column: primaryKey?.[at] ?? "", collation: primaryKeyCollations?.[at] ?? "" };
}

function unreadable({ name }: Table, { column, collation }: ForeignCollation): RowhaulError {
  return new RowhaulError(
    "SOURCE_UNSUPPORTED",
    `The table ${name} is WITHOUT ROWID and keyed by ${column}, whose collation ${collation} only its application knows: SQLite cannot read a row of it.`,
    {
      place: { table: name, column },
      hint: `Let the application, which knows ${collation}, copy the rows into a table without WITHOUT ROWID, and put that in the place of ${name}; or leave ${name} out, by \`exclude: [${JSON.stringify(name)}]\` in the pipeline file.`,
    },
  );
}
