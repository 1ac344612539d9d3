/** A table whose rows go into one that the application made: its names and types are the live ones. */

import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { FitEdge } from "../../../core/plan/live-fit.ts";
import type { CellRule, ColumnPlan } from "../../../core/plan/plan.ts";
import type { LiveKind, LiveType } from "../../../core/schema/live-type.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { ScopeRelation } from "../../../sql/translate/scope.ts";
import { type Planning, tableSettings } from "../../context.ts";
import type { Draft } from "../draft-table.ts";
import { scopeColumns } from "../draft-table.ts";
import { decideIntoColumn } from "./decide-column.ts";
import { isVirtual } from "./full-text-pairs.ts";
import type { TablePair } from "./match-tables.ts";
import { type Meetings, otherTables } from "./meetings.ts";
import { askOrphans } from "./orphans.ts";
import { isKeptByApplication } from "./own-search.ts";
import { readingOf } from "./reading-of.ts";

/** `edges`: foreign keys between tables that go into live ones; `pairs`: all of those. */
export function draftInto(
  pair: TablePair,
  edges: readonly FitEdge[],
  pairs: readonly TablePair[],
  { rules: meeting }: Meetings,
  planning: Planning,
): Draft {
  const { table, live } = pair;
  const { input, hazards, notes } = planning;
  const settings = tableSettings(input, table.name);
  const profile = input.profile.tables[table.name];
  if (profile === undefined) throw new Error(`No profile of ${table.name}`);
  const dropped = (column: string): boolean =>
    settings.drop.some((name) => sameName(name, column)) || pair.missing.some(({ name }) => name === column);
  planning.relationNames.claim(live.name, true);
  namesDiffer(pair, planning);
  columnsMissing(pair, planning);
  columnsUnfilled(pair, planning);
  const orphans = askOrphans(pair, pairs, planning);
  const fits = input.into?.fits.get(table.name)?.columns;
  const columns = pair.columns.map(({ column, live: into }): ColumnPlan => {
    const values = profile.columns[column.name];
    if (values === undefined) throw new Error(`No profile of the column ${column.name}`);
    const plan = decideIntoColumn(
      {
        table: table.name,
        column,
        live: into,
        profile: values,
        reading: readingOf(table.name, column, into.type, values, input),
        fit: fits !== undefined && Object.hasOwn(fits, column.name) ? fits[column.name] : undefined,
        keyed: live.uniques.some(({ columns }) => columns.includes(into.name)),
        primary: live.key.includes(into.name),
        linked: edges.some(
          ({ child, columns: own, parent, parentColumns }) =>
            (sameName(child, table.name) && own.some((name) => sameName(name, column.name))) ||
            (sameName(parent, table.name) && parentColumns.some((name) => sameName(name, column.name))),
        ),
        named: table.primaryKey !== null,
      },
      hazards,
      notes,
    );
    const added = [
      ...(meeting.get(column.name) ?? []),
      ...orphans.filter(([name]) => sameName(name, column.name)).map(([, rule]): CellRule => rule),
    ];
    return added.length === 0 ? plan : { ...plan, rules: [...added, ...plan.rules], arrives: "changed" };
  });
  return { table, target: live.name, settings, profile, columns, dropped, scope: scopeOf(pair, columns) };
}

function namesDiffer({ table, live, sameCase, columns }: TablePair, { hazards }: Planning): void {
  if (!sameCase)
    hazards.meet({
      code: "NAME_DIFFERS",
      at: table.name,
      message: `the target's table is ${live.name}, which differs from ${table.name} only in case`,
    });
  for (const { column, live: into, sameCase: same } of columns)
    if (!same)
      hazards.meet({
        code: "NAME_DIFFERS",
        at: `${table.name}.${column.name}`,
        message: `the target's column is ${into.name}, which differs from ${column.name} only in case`,
      });
}

function columnsMissing({ table, live, missing }: TablePair, planning: Planning): void {
  const values = planning.input.profile.tables[table.name];
  for (const column of missing) {
    const at = `${table.name}.${column.name}`;
    const counts = values?.columns[column.name]?.counts;
    const holds = counts === undefined ? 0 : counts.integer + counts.real + counts.text + counts.blob;
    // What the source computes, numbers rows by, or never filled is no data of its own.
    if (column.generated !== null || column.hiddenRowid === true || holds === 0) {
      planning.leftOut.push({
        object: `column ${at}`,
        reason: `${live.name} has no such column, and it holds nothing of its own`,
      });
      continue;
    }
    const samples = planning.input.into?.fits.get(table.name)?.missing[column.name] ?? [];
    planning.hazards.meet({
      code: "COLUMN_MISSING",
      at,
      count: holds,
      samples,
      message: `${live.name} has no column ${column.name}, which holds ${plural(holds, "value")}; add it there, or name the one that takes them with \`rename\``,
    });
  }
}

/** All such columns of a table are answered by one step that gives them a value. */
function columnsUnfilled({ table, live, unfed }: TablePair, { hazards, input }: Planning): void {
  const required = unfed.filter(
    (column) =>
      column.notNull &&
      column.default === null &&
      column.identity === null &&
      !column.generated &&
      !isKeptByApplication(column, live),
  );
  if (required.length === 0) return;
  const constants = required.map(({ name, type }) => `${yamlText(name)}: ${placeholder(type)}`).join(", ");
  // A full-text table has no steps, so only the target can give it a value.
  const steps = !isVirtual(table, input.catalog);
  for (const [i, { name, type }] of required.entries())
    hazards.meet({
      code: "COLUMN_UNFILLED",
      at: `${table.name}.${name}`,
      message: `${live.name}.${name} is ${type.written} and must not be null, and ${table.name} has no such column: give it a default there${steps ? ", or a value here" : ""}`,
      offered: [],
      answer: {
        under: "tables",
        lines:
          i > 0 || !steps
            ? []
            : [
                ...otherTables(input),
                `${yamlText(table.name)}: { transform: { constant: { ${constants} } } }  # or another value`,
              ],
      },
    });
}

/** A placeholder that the type accepts, for people to change. */
function placeholder({ kind, base, written }: LiveType): string {
  const texts: Partial<Record<LiveKind, string>> = {
    integer: "0",
    numeric: "0",
    float: "0",
    boolean: "false",
    date: '"1970-01-01"',
    timestamp: '"1970-01-01 00:00:00"',
    time: '"00:00:00"',
    timestamptz: '"1970-01-01 00:00:00Z"',
    uuid: '"00000000-0000-0000-0000-000000000000"',
    json: '"{}"',
    jsonb: '"{}"',
  };
  if (written.endsWith("[]")) return '"{}"';
  return texts[kind] ?? serverTexts[base] ?? '""';
}

/** As their types write them. */
const serverTexts: Readonly<Record<string, string>> = {
  interval: '"00:00:00"',
  "time with time zone": '"00:00:00+00"',
  money: '"$0.00"',
  inet: '"0.0.0.0"',
  cidr: '"0.0.0.0/32"',
  macaddr: '"00:00:00:00:00:00"',
};

function scopeOf({ table, live, columns: pairs }: TablePair, columns: readonly ColumnPlan[]): ScopeRelation {
  return {
    source: table.name,
    target: live.name,
    rowid: pairs.find(({ column }) => column.isRowid)?.column.name ?? null,
    primaryKey: null,
    columns: scopeColumns(
      pairs.map(({ column }) => column),
      columns,
    ),
  };
}
