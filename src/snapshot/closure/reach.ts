/** Follows foreign keys from the root rows: down to all rows that depend on them, then up to the rows those point to. */

import { setImmediate as pause } from "node:timers/promises";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { type KeyValue, keyText } from "../../core/values/key-text.ts";
import type { Edge, EdgeStore } from "./edges.ts";
import type { RootSelection } from "./root.ts";

export type MissingParent = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly count: number;
  /** The values that name no parent, as `customer_id=7`. */
  readonly samples: readonly string[];
};

/** Selects rows of every table that it comes to. Throws PLAN_INVALID when there is no root row. */
export async function reach(edges: EdgeStore, root: RootSelection, signal: AbortSignal): Promise<MissingParent[]> {
  const table = edges.table(root.table);
  const start = edges.makeSet(table, "down");
  addRoots(edges, table, root, start);
  const below = descending(edges, table);
  await walk(edges, below, "down", "parent", "child", signal);
  const down = [table, ...below.map(({ child }) => child)].filter((one, i, all) => all.indexOf(one) === i);
  for (const one of down) {
    const rows = edges.makeSet(one, "rows");
    edges.db.exec(`INSERT INTO main.${rows} SELECT id, 0 FROM main.${edges.makeSet(one, "down")}`);
  }
  const above = root.parents ? ascending(edges, down) : [];
  await walk(edges, above, "rows", "child", "parent", signal);
  const all = [...down, ...above.map(({ parent }) => parent)].filter((one, i, list) => list.indexOf(one) === i);
  for (const one of all) edges.select(one, edges.makeSet(one, "rows"));
  const followed = [...below, ...above].filter((one, i, list) => list.indexOf(one) === i);
  return followed.flatMap((edge) => missing(edges, edge));
}

function addRoots({ db, id }: EdgeStore, table: Table, root: RootSelection, set: string): void {
  const own = quoteName(table.name);
  const insert = (where: string, values: readonly unknown[]): number =>
    db.prepare(`INSERT INTO main.${set} SELECT ${id(table)}, 0 FROM snap.${own} WHERE (${where}\n)`).run(values)
      .changes;
  let found = 0;
  let asked: string;
  if ("where" in root) {
    asked = `where ${root.where}`;
    try {
      found = insert(root.where, []);
    } catch (thrown) {
      throw new RowhaulError("PLAN_INVALID", `The root rows of ${table.name}: ${messageOf(thrown)}.`, {
        place: { table: table.name },
        cause: thrown,
      });
    }
  } else {
    const given = typeof root.key === "string" ? [root.key] : root.key;
    const key = table.primaryKey ?? (table.rowidName === null || given.length !== 1 ? [] : [table.rowidName]);
    if (key.length !== given.length || key.length === 0)
      throw new RowhaulError(
        "PLAN_INVALID",
        `The key of ${table.name} has ${key.length} columns${key.length > 0 ? ` (${key.join(", ")})` : ""}, but ${given.length} values are given.`,
        { place: { table: table.name } },
      );
    asked = keyText(key, given);
    const match = key.map((column) => `(${own}.${quoteName(column)} = ? OR ${own}.${quoteName(column)} = ?)`);
    found = insert(
      match.join(" AND "),
      given.flatMap((value) => [value, integerOf(value) ?? value]),
    );
  }
  if (found > 0) return;
  throw new RowhaulError("PLAN_INVALID", `No row of ${table.name} is selected: ${asked}.`, {
    place: { table: table.name },
    hint: "Check the selection: with no root row, nothing would be moved.",
  });
}

/** A key is given as text; a column without a type compares by class. */
function integerOf(text: string): bigint | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : null;
}

/** Foreign keys that lead to the table, to those that point to it, and so on. */
function descending(edges: EdgeStore, from: Table): Edge[] {
  const found: Edge[] = [];
  const tables = [from];
  for (const parent of tables)
    for (const child of edges.catalog.tables)
      for (const link of edges.keys(child)) {
        if (link.parent !== parent) continue;
        found.push(edges.edge(child, link.key));
        if (!tables.includes(child)) tables.push(child);
      }
  return found;
}

function ascending(edges: EdgeStore, from: readonly Table[]): Edge[] {
  const found: Edge[] = [];
  const tables = [...from];
  for (const child of tables)
    for (const { parent, key } of edges.keys(child)) {
      found.push(edges.edge(child, key));
      if (!tables.includes(parent)) tables.push(parent);
    }
  return found;
}

/** Round by round from the rows of the round before; it ends when a round adds none, so cycles end as well. */
async function walk(
  store: EdgeStore,
  edges: readonly Edge[],
  kind: string,
  from: "parent" | "child",
  to: "parent" | "child",
  signal: AbortSignal,
): Promise<void> {
  const steps = edges.map((edge) => {
    const [mine, theirs] = [store.makeSet(edge[from], kind), store.makeSet(edge[to], kind)];
    return store.db.prepare<[number, number]>(
      `INSERT OR IGNORE INTO main.${theirs} SELECT e.${to}, ? FROM main.${mine} AS s CROSS JOIN main.${edge.name} AS e ON e.${from} = s.id WHERE s.round = ?`,
    );
  });
  for (let round = 0; ; round++) {
    let added = 0;
    for (const step of steps) added += step.run(round + 1, round).changes;
    if (added === 0) return;
    if (round % 50 === 0) await pause();
    signal.throwIfAborted();
  }
}

function missing(store: EdgeStore, { child, parent, key, name }: Edge): MissingParent[] {
  const set = store.makeSet(child, "rows");
  const own = quoteName(child.name);
  const columns = key.columns.map((column) => `${own}.${quoteName(column)}`);
  const given = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
  const id = store.id(child);
  const from = `FROM snap.${own} WHERE ${given} AND ${id} IN (SELECT id FROM main.${set}) AND ${id} NOT IN (SELECT child FROM main.${name})`;
  const count = Number(store.db.prepare(`SELECT count(*) ${from}`).pluck().get());
  if (count === 0) return [];
  const rows = store.db
    .prepare(`SELECT ${columns.join(", ")} ${from} LIMIT 3`)
    .raw(true)
    .all() as KeyValue[][];
  const samples = rows.map((row) => keyText(key.columns, row));
  return [{ table: child.name, columns: key.columns, parent: parent.name, count, samples }];
}
