/** Tables that follow another: only rows whose parent is selected. Parents are settled first, so a circle has no beginning. */

import { setImmediate as pause } from "node:timers/promises";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { ForeignKey, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { type EdgeStore, tableKey } from "./edges.ts";

export type BelongsTo = {
  readonly parent: string;
  /** Of the foreign key, where the table has several to this parent. */
  readonly columns: readonly string[] | null;
};

type Wish = { readonly parent: Table; readonly key: ForeignKey };

/** `reached`: sets of a closure are there, and tables without one have no row. Throws PLAN_INVALID. */
export async function keepBelonging(
  edges: EdgeStore,
  request: {
    readonly belongsTo: ReadonlyMap<string, BelongsTo>;
    readonly wheres: ReadonlyMap<string, string>;
    readonly reached: boolean;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const wishes = new Map<string, Wish>();
  for (const [name, belongs] of request.belongsTo) {
    const table = edges.table(name);
    wishes.set(tableKey(table), wishOf(edges, table, belongs));
  }
  const wheres = new Map([...request.wheres].map(([name, where]) => [foldName(name), where]));
  const settled = new Map<string, string | null>();
  for (const table of inOrder(edges, wishes)) {
    const wish = wishes.get(tableKey(table));
    const where = wheres.get(tableKey(table)) ?? null;
    const set = keepRows(edges, table, where, wish ?? null, request.reached, settled);
    settled.set(tableKey(table), set);
    if (wish !== undefined && set !== null) edges.select(table, set);
    await pause();
    request.signal.throwIfAborted();
  }
}

function wishOf(edges: EdgeStore, table: Table, { parent: name, columns }: BelongsTo): Wish {
  const parent = edges.table(name);
  const keys = edges.keys(table).filter((link) => link.parent === parent);
  const fitting = columns === null ? keys : keys.filter(({ key }) => sameColumns(key.columns, columns));
  const [only, second] = fitting;
  const place = { table: table.name };
  if (only === undefined)
    throw new RowhaulError(
      "PLAN_INVALID",
      `${table.name} belongs to ${parent.name} in the pipeline file, but has no foreign key to it${columns === null ? "" : ` on ${columns.join(", ")}`}.`,
      { place },
    );
  if (second !== undefined)
    throw new RowhaulError("PLAN_INVALID", `${table.name} has several foreign keys to ${parent.name}.`, {
      place,
      details: fitting.map(({ key }) => key.columns.join(", ")),
      hint: "Name the columns of the one that is meant.",
    });
  return only;
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => sameName(name, b[i] ?? ""));
}

/** Every table of the wishes, parents first. */
function inOrder(edges: EdgeStore, wishes: ReadonlyMap<string, Wish>): Table[] {
  const order: Table[] = [];
  const visit = (table: Table, path: readonly Table[]): void => {
    if (path.includes(table)) {
      const circle = [...path.slice(path.indexOf(table)), table].map(({ name }) => name);
      throw new RowhaulError("PLAN_INVALID", `Tables belong to each other in a circle: ${circle.join(" → ")}.`, {
        hint: "Let one of them say by `where` which of its rows are moved.",
      });
    }
    if (order.includes(table)) return;
    const wish = wishes.get(tableKey(table));
    if (wish !== undefined) visit(wish.parent, [...path, table]);
    order.push(table);
  };
  for (const name of wishes.keys()) visit(edges.table(name), []);
  return order;
}

/** The set of rows that are selected; null when all of them are. */
function keepRows(
  edges: EdgeStore,
  table: Table,
  where: string | null,
  wish: Wish | null,
  reached: boolean,
  settled: ReadonlyMap<string, string | null>,
): string | null {
  if (!reached && where === null && wish === null) return null;
  const set = edges.makeSet(table, "kept");
  if (reached && !edges.hasSet(table, "rows")) return set;
  const own = quoteName(table.name);
  const id = edges.id(table);
  const conditions: string[] = [];
  if (where !== null) conditions.push(`(${where}\n)`);
  if (reached) conditions.push(`${id} IN (SELECT id FROM main.${edges.makeSet(table, "rows")})`);
  if (wish !== null) {
    const edge = edges.edge(table, wish.key);
    const parents = settled.get(tableKey(wish.parent)) ?? null;
    const kept = parents === null ? "" : ` WHERE e.parent IN (SELECT id FROM main.${parents})`;
    conditions.push(`${id} IN (SELECT e.child FROM main.${edge.name} AS e${kept})`);
  }
  const all = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  try {
    // One statement only: a text that closes the bracket around it must not begin another.
    edges.db.prepare(`INSERT INTO main.${set} SELECT ${id}, 0 FROM snap.${own}${all}`).run();
  } catch (thrown) {
    if (where === null || !isOfTheText(thrown)) throw thrown;
    throw new RowhaulError("PLAN_INVALID", `The \`where\` of ${table.name} is refused: ${messageOf(thrown)}.`, {
      place: { table: table.name },
      cause: thrown,
    });
  }
  return set;
}

/** SQLite does not understand it, or it is more than one statement. */
function isOfTheText(thrown: unknown): boolean {
  return (thrown as { code?: string }).code === "SQLITE_ERROR" || thrown instanceof RangeError;
}
