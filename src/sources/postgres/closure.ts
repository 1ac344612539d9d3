/**
 * A selection from a root: its rows, all that depend on them by foreign keys, and the rows those point to. Kept
 * as places of rows (table and ctid), which one state of the source makes exact, so that neither a temporary table
 * nor the right to make one is needed; a standby will do.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { ForeignKey } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { RootSelection } from "../../core/settings.ts";
import type { ReadTable } from "./catalog.ts";
import { nameTuple } from "./name-tuple.ts";
import { relationOf } from "./row-source.ts";
import type { Session } from "./session.ts";

type Place = { readonly o: string; readonly c: string };
type Reference = { readonly child: ReadTable; readonly key: ForeignKey; readonly parent: ReadTable };

/** Places asked about in one query. */
const batch = 5000;

/** A condition for every table; `where`: the pipeline's own conditions, which hold besides. */
export async function rootConditions(
  session: Session,
  schema: string,
  tables: readonly ReadTable[],
  root: RootSelection,
): Promise<Map<string, string>> {
  const picked = new Map<ReadTable, Map<string, Place>>(tables.map((read) => [read, new Map()]));
  const references = referencesOf(tables);
  const start = tables.find(({ table }) => sameName(table.name, root.table));
  if (start === undefined)
    throw new RowhaulError("PLAN_INVALID", `The root table ${root.table} is not among the selected tables.`, {
      hint: "Correct `root.table` in the pipeline file, or select the table.",
    });
  const ask = async (sql: string, values: unknown[]): Promise<Place[]> =>
    (await session.query<Place>(sql, values)).rows;
  const add = (read: ReadTable, places: readonly Place[]): Place[] => {
    const known = picked.get(read);
    return places.filter((place) => {
      const id = `${place.o} ${place.c}`;
      if (known === undefined || known.has(id)) return false;
      known.set(id, place);
      return true;
    });
  };
  const select = (read: ReadTable): string =>
    `SELECT tableoid::int8::text AS o, ctid::text AS c FROM ${relationOf(schema, read)}`;
  const follow = async (
    from: ReadTable,
    fresh: readonly Place[],
    down: boolean,
    then: (to: ReadTable, found: Place[]) => void,
  ) => {
    for (const { child, key, parent } of references) {
      if ((down ? parent : child) !== from) continue;
      const [to, near, far] = down ? [child, key.parentColumns, key.columns] : [parent, key.columns, key.parentColumns];
      for (let at = 0; at < fresh.length; at += batch) {
        const part = fresh.slice(at, at + batch);
        const sql = `${select(to)} WHERE ${nameTuple(far)} IN (SELECT ${near.map((name) => `f.${nameTuple([name], false)}`).join(", ")} FROM ${relationOf(schema, from)} f WHERE ${placed("f.", "$1", "$2")})`;
        then(to, add(to, await ask(sql, [part.map(({ o }) => o), part.map(({ c }) => c)])));
      }
    }
  };
  const walk = async (queue: [ReadTable, Place[]][], down: boolean): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [read, fresh] = next;
      if (fresh.length > 0) await follow(read, fresh, down, (to, found) => queue.push([to, found]));
    }
  };
  const first = add(start, await ask(`${select(start)} WHERE (${root.where}\n)`, []));
  await walk([[start, first]], true);
  // Upwards only: a parent's other children are not selected.
  if (root.parents)
    await walk(
      [...picked].map(([read, places]) => [read, [...places.values()]]),
      false,
    );
  return new Map([...picked].map(([{ table }, places]) => [table.name, condition([...places.values()])]));
}

function referencesOf(tables: readonly ReadTable[]): Reference[] {
  return tables.flatMap((child) =>
    child.table.foreignKeys.flatMap((key) => {
      const parent = tables.find(({ table }) => table.name === key.parent);
      return parent === undefined ? [] : [{ child, key, parent }];
    }),
  );
}

function condition(places: readonly Place[]): string {
  if (places.length === 0) return "false";
  const list = (values: readonly string[]): string => `'{${values.map((value) => `"${value}"`).join(",")}}'`;
  return placed("", list(places.map(({ o }) => o)), list(places.map(({ c }) => c)));
}

function placed(alias: string, tables: string, rows: string): string {
  return `(${alias}tableoid, ${alias}ctid) IN (SELECT o, c FROM unnest(${tables}::oid[], ${rows}::tid[]) AS picked(o, c))`;
}
