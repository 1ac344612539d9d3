/** Rows of a table as its pages hold them, in rowid order (key order for WITHOUT ROWID tables). */
import type { TablePlan } from "../../core/plan/plan.ts";
import type { UnitPart } from "../../core/plan/unit.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { rowidOf, type StoredColumn, type StoredReading, type StoredValue } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { addedValue } from "../pages/added-column.ts";
import { openPageFile } from "../pages/page-file.ts";
import { storedTable } from "../pages/stored-table.ts";
import { TreeCursor } from "../pages/tree-cursor.ts";

/** Connections to the file that are lent. */
export type Readers = { take(): Sqlite; giveBack(reader: Sqlite): void };

/** Throws PageError, and an Error for a table whose pages cannot be read: the plan is to know that. */
export function storedRows(
  path: string,
  readers: Readers,
  plan: TablePlan,
  part: UnitPart,
  { tables }: Catalog,
): StoredReading {
  const table = tables.find(({ name }) => name === plan.source);
  if (table === undefined) throw new Error(`No table ${plan.source} in the catalog`);
  const db = readers.take();
  const file = openPageFile(path);
  const close = (): void => {
    file.close();
    readers.giveBack(db);
  };
  try {
    const stored = storedTable(db, table);
    if (typeof stored === "string") throw new Error(`The pages of ${table.name} cannot be read: ${stored}`);
    const range = {
      from: part.from === null ? null : BigInt(part.from),
      to: part.to === null ? null : BigInt(part.to),
    };
    const rows = new TreeCursor(file, stored.root, stored.kind, stored.width, range);
    const columns = new Map(table.columns.map(({ name }, i) => [name, stored.columns[i]]));
    const added = new Map<string, StoredValue>();
    return {
      rows,
      column(name): StoredColumn {
        const found = columns.get(name);
        if (found === undefined) throw new Error(`${table.name}.${name} is not stored`);
        return found;
      },
      added(name) {
        let value = added.get(name);
        if (value === undefined) {
          value = addedValue(db, table, name, rowidOf(rows));
          added.set(name, value);
        }
        return value;
      },
      close,
    };
  } catch (thrown) {
    close();
    throw thrown;
  }
}
