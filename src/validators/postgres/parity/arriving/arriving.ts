/**
 * The source's rows as they should arrive among the application's: with the ids of the live rows they match, and
 * without those that stayed out. Found by the proof itself, from the snapshot and the live rows, and kept in a temporary
 * table of the snapshot's connection; what the loader says it did is compared with that.
 */

import { RowhaulError } from "../../../../core/messages/errors.ts";
import type { TablePlan } from "../../../../core/plan/plan.ts";
import { collectFindings } from "../../../findings.ts";
import { quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { ValidatorInput } from "../../validator.ts";
import { type Arriving, type Comparison, catalogTable, comparisonOf, was } from "../comparison.ts";
import { fittingColumns } from "../fitting.ts";
import { placeSql } from "../locator.ts";
import { relationOf, scopeOf } from "../scope.ts";
import { idsOf } from "./ids.ts";
import { checkMappedCells } from "./mapped-cells.ts";
import type { Opened } from "./opened.ts";
import { leaveOutSkipped } from "./skipped.ts";

/** `after`: the rows are in. `before`: only which live rows they match is asked. */
export type Moment = "before" | "after";

/** Null where the rows arrive as the snapshot has them. */
export async function arrivingRows(
  opened: Opened,
  input: ValidatorInput,
  table: TablePlan,
  moment: Moment,
): Promise<Arriving | null> {
  const skips = moment === "after" && input.live?.into.get(table.target) === "skip";
  if (table.into === undefined || ((table.mapped ?? []).length === 0 && !skips)) return null;
  const arriving = await withIds(opened, input, table, moment, true);
  if (arriving === null) return null;
  const left = skips ? await leaveOutSkipped(opened, input, await plainly(opened, input, table, arriving)) : 0;
  if (moment === "after") {
    const comparison = await plainly(opened, input, table, arriving);
    if (comparison !== null) await checkMappedCells(opened, input, comparison);
  }
  return { ...arriving, left };
}

/** `own`: with the ids that the table's own rows get, else only with those that it is matched by. Null where the table cannot be compared. */
async function withIds(
  opened: Opened,
  input: ValidatorInput,
  table: TablePlan,
  moment: Moment,
  own: boolean,
): Promise<Arriving | null> {
  const plain = await plainly(opened, input, table, null);
  if (plain === null) return null;
  const ids = new Map<string, string>();
  for (const { column, table: parent } of table.mapped ?? []) {
    // Tables may hold ids of each other, but are not matched by them.
    if (!own && table.match?.includes(column) !== true) continue;
    const map = await idsOfTable(opened, input, parent, moment);
    const source = table.columns.find(({ target }) => target === column)?.source;
    if (map !== null && source !== undefined) ids.set(source, map);
  }
  return makeArriving(opened.source, plain, ids, own ? "arriving" : "matching", moment);
}

/** The map of a table's ids, made once for each connection. */
async function idsOfTable(
  opened: Opened,
  input: ValidatorInput,
  target: string,
  moment: Moment,
): Promise<string | null> {
  const parent = input.plan.tables.find((one) => one.target === target);
  if (parent === undefined) return null;
  const relation = `"rowhaul ids ${input.plan.tables.indexOf(parent)}"`;
  const there = opened.source.prepare("SELECT 1 FROM temp.sqlite_master WHERE name = ?");
  if (there.get(relation.slice(1, -1)) !== undefined) return relation;
  const matching = await withIds(opened, input, parent, moment, false);
  const comparison = await plainly(opened, input, parent, matching);
  if (comparison === null) return null;
  await idsOf(opened, input, comparison, relation);
  return relation;
}

async function plainly(
  opened: Opened,
  input: ValidatorInput,
  table: TablePlan,
  arriving: Arriving | null,
): Promise<Comparison | null> {
  // What does not fit is a finding of the comparison itself.
  const findings = collectFindings("parity");
  const fitting = await fittingColumns({ ...opened, findings }, table, input.schema, true);
  if (fitting === null) return null;
  const scope = scopeOf(input.live?.into.get(table.target), input.live?.inside != null);
  return comparisonOf(
    {
      ...opened,
      ...{ table, findings, extras: findings, scope, generates: false, arriving },
      ...{ catalog: input.catalog, signal: input.signal, tally: { changed: 0, quarantined: 0 } },
      accounts: nobody,
      into: await relationOf(opened.target, input.schema, table.target, "among"),
      advance: () => {},
    },
    fitting.columns,
    fitting.types,
  );
}

const nobody: Comparison["accounts"] = {
  changed: 0,
  quarantined: 0,
  entries: () => [],
  columns: () => [],
  tick: () => {},
  takeQuarantined: () => undefined,
  reportUnticked: async () => {},
};

/**
 * A row keeps its place in the snapshot. The id of a row that nobody has found there meets no row before the switch, and
 * is itself after it, when such a row is missing.
 */
function makeArriving(
  source: Source,
  comparison: Comparison,
  ids: ReadonlyMap<string, string>,
  kind: "arriving" | "matching",
  moment: Moment,
): Arriving {
  const { table, original } = comparison;
  const found = catalogTable(comparison);
  if (found === undefined) throw new RowhaulError("DEFECT", `The catalog does not know ${table.source}.`);
  const relation = quoteName(`rowhaul ${kind} ${table.source}`);
  const columns = found.columns.map(({ name: column }) => {
    const own = quoteName(column);
    const map = ids.get(column);
    return map === undefined ? own : `${own} AS ${was(column)}, ${mappedId(own, map, moment)} AS ${own}`;
  });
  // An alias keeps the key's name from standing for the rowid of the temporary table.
  const rowid = table.rowidName === null || found.columns.some(isNamed(table.rowidName)) ? [] : [table.rowidName];
  const list = [
    ...columns,
    ...rowid.map((one) => `${one} AS ${quoteName(one)}`),
    `${placeSql(original.place)} AS ${placeName}`,
  ];
  source.exec(`DROP TABLE IF EXISTS temp.${relation};
    CREATE TEMP TABLE ${relation} AS SELECT ${list.join(", ")} ${original.from};
    CREATE UNIQUE INDEX temp.${relation.slice(0, -1)} place" ON ${relation}(${placeName})`);
  const [key] = table.key.columns;
  if (key !== undefined)
    source.exec(`CREATE INDEX temp.${relation.slice(0, -1)} key" ON ${relation}(${quoteName(key)})`);
  return { relation, left: 0 };
}

function mappedId(own: string, map: string, moment: Moment): string {
  // A number and the text that spells it are one id to the live columns.
  const same = `old = ${own} OR old = CAST(${own} AS TEXT) OR (typeof(${own}) = 'text' AND old = CAST(${own} AS INTEGER) AND CAST(old AS TEXT) = ${own})`;
  const found = `(SELECT CASE WHEN new IS old THEN ${own} ELSE new END FROM temp.${map} WHERE ${same} LIMIT 1)`;
  if (moment === "after") return `coalesce(${found}, ${own})`;
  return `CASE WHEN EXISTS (SELECT 1 FROM temp.${map} WHERE ${same}) THEN ${found} ELSE ${own} END`;
}

function isNamed(wanted: string): (column: { readonly name: string }) => boolean {
  return (column) => column.name.toLowerCase() === wanted;
}

const placeName = '"rowhaul place"';
