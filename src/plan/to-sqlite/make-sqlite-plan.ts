/**
 * The plan of a run into a SQLite file. Every storage class fits there, so no cell needs a rule: what is left to
 * decide is the schema, and that is settled by SQLite itself, in an empty database in memory.
 */

import type { FinishStep, Plan, TablePlan } from "../../core/plan/plan.ts";
import type { ProbeScript } from "../../core/ports.ts";
import { nameList, quoteLiteral, quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { Hazards } from "../acceptance.ts";
import { type PlanInput, selectedRows } from "../context.ts";
import { planLeftOut } from "../left-out.ts";
import { leftBehind } from "../lost-texts.ts";
import { type SelectedTables, selectTables } from "../selection.ts";
import { cutUnits } from "../units.ts";
import type { SqlitePlanning } from "./context.ts";
import { type DraftTable, draftTable } from "./draft-table.ts";
import { draftIntoFile } from "./into/draft-into.ts";
import { isLeftBehind } from "./into/missing.ts";
import { type FilePair, pairInFile } from "./into/pair.ts";
import { keyOf } from "./key-of.ts";
import { planPostgresFacts } from "./postgres-facts.ts";
import { openSchema, type Schema } from "./schema.ts";
import { planTriggers, planViews } from "./views.ts";
import { planVirtualTables } from "./virtual-tables.ts";

/** The probe is empty: the schema was tried while planning. */
export function makeSqlitePlan(input: PlanInput): { plan: Plan; probe: ProbeScript } {
  const { settings, catalog } = input;
  const planning: SqlitePlanning = { input, hazards: new Hazards(settings), notes: [], leftOut: [] };
  const selection = selectTables(catalog, input.selection);
  planLeftOut(planning);
  planPostgresFacts(planning, selection);
  leaveOut(planning, selection);
  const schema = openSchema();
  try {
    const plain = selection.tables.filter((table) => table.fullText === undefined).map(withoutHiddenRowid);
    const pairs = filePairs(plain, planning);
    const rowsOf = (name: string): number => input.profile.tables[name]?.selected ?? 0;
    const moving = plain.filter((table) => pairs.has(table) || !isLeftBehind(table.name, rowsOf(table.name), planning));
    const drafts = moving
      .filter((table) => !pairs.has(table))
      .map((table) => draftTable(table, moving, schema, planning));
    const filled = moving.flatMap((table) => pairs.get(table) ?? []).map((pair) => filledTable(pair, schema, planning));
    const known = [...drafts, ...filled];
    const virtual = planVirtualTables(selection, known, schema, planning);
    const views = planViews(selection, schema, planning);
    const triggers = planTriggers(known, virtual, views, schema, planning);
    rename(known, schema);
    const tables: TablePlan[] = [
      ...filled.map(({ plan }) => plan),
      ...drafts.map((draft) => planTable(draft, schema, planning, triggers.get(foldName(draft.table.name)) ?? [])),
      ...virtual.map((one) => ({
        ...one.plan,
        finish: [...one.plan.finish, ...triggerSteps(one.plan.source, triggers, schema)],
      })),
    ];
    return {
      plan: {
        version: 1,
        name: settings.name,
        target: {
          schema: "main",
          staging: input.staging,
          aside: input.aside,
          owner: null,
          grants: [],
          rowSecurity: false,
        },
        // Of a file that is there they are its own.
        tables: input.file === undefined ? withFileFacts(tables, catalog) : tables,
        views: views.map(({ name }) => ({
          source: name,
          target: name,
          // A trigger on a view needs the view, and views come last.
          sql: [
            schema.sql("view", name),
            ...(triggers.get(foldName(name)) ?? []).map((one) => schema.sql("trigger", one)),
          ].join(";\n"),
        })),
        units: [
          ...cutUnits(
            tables.filter((table) => known.some((draft) => draft.table.name === table.source)),
            input.profile,
          ),
          ...virtual
            .filter((one) => one.copied)
            .map(({ plan }) => ({
              id: plan.source,
              parts: [{ table: plan.source, from: null, to: null, rows: plan.rows }],
            })),
        ],
        hazards: planning.hazards.found,
        notes: [...planning.notes, ...planning.hazards.unused()],
        appNotes: [],
        leftOut: planning.leftOut,
        estimate: {
          rows: tables.reduce((sum, table) => sum + table.rows, 0),
          bytes: tables.reduce((sum, table) => sum + (input.profile.tables[table.source]?.bytes ?? 0), 0),
        },
      },
      probe: { setup: [], trials: [] },
    };
  } finally {
    schema.close();
  }
}

function filePairs(tables: readonly Table[], { input }: SqlitePlanning): Map<Table, FilePair> {
  const schema = input.file?.schema;
  if (schema === undefined) return new Map();
  return new Map(
    tables.flatMap((table) => {
      const pair = pairInFile(table, input, schema);
      return pair === null ? [] : [[table, pair] as const];
    }),
  );
}

type Filled = DraftTable & { readonly plan: TablePlan };

/** Only its names are in the planned schema, so that carried views follow renames. */
function filledTable(pair: FilePair, schema: Schema, planning: SqlitePlanning): Filled {
  const { table } = pair;
  const plan = draftIntoFile(pair, planning);
  schema.add(`CREATE TABLE ${quoteName(table.name)} (${nameList(table.columns.map(({ name }) => name))})`);
  return { table, target: plan.target, columns: plan.columns, indexes: [], plan };
}

function leaveOut(planning: SqlitePlanning, selection: SelectedTables): void {
  const { catalog } = planning.input;
  for (const table of catalog.tables)
    if (!selection.tables.includes(table) && table.fullText === undefined)
      planning.leftOut.push(leftBehind(table.name, planning.input.profile.tables[table.name]?.rows));
  for (const name of catalog.internal)
    if (!/^sqlite_(sequence|stat\d)$/i.test(name))
      planning.leftOut.push({ object: `table ${name}`, reason: "bookkeeping of the source's own" });
  for (const [at, { count }] of planning.input.orphans) {
    const table = at.split("\0")[0] ?? at;
    const message = `${count} rows point to a parent that does not exist; SQLite keeps them as they are`;
    planning.notes.push({ code: "ORPHAN_ROWS", at: table, message });
  }
}

/** Full-text search needs it as a column in PostgreSQL; here every rowid is carried as what it is. */
function withoutHiddenRowid(table: Table): Table {
  const hidden = table.columns.find((column) => column.hiddenRowid === true);
  if (hidden === undefined) return table;
  return {
    ...table,
    columns: table.columns.filter((column) => column !== hidden),
    uniques: table.uniques.filter(({ columns }) => columns.length !== 1 || columns[0] !== hidden.name),
  };
}

/** SQLite itself carries new names through views, triggers, indexes and references. */
function rename(drafts: readonly DraftTable[], schema: Schema): void {
  for (const { table, target, columns } of drafts) {
    for (const column of columns)
      if (column.target !== column.source) schema.renameColumn(table.name, column.source, column.target);
    if (target !== table.name) schema.renameTable(table.name, target);
  }
}

function planTable(
  draft: DraftTable,
  schema: Schema,
  { input }: SqlitePlanning,
  triggers: readonly string[],
): TablePlan {
  const { table, target, columns } = draft;
  return {
    source: table.name,
    target,
    where: selectedRows(input, table),
    ...(table.relation === undefined ? {} : { relation: table.relation }),
    rows: input.profile.tables[table.name]?.selected ?? 0,
    columns,
    key: keyOf(table),
    rowidName: table.rowidName,
    identity: null,
    create: schema.sql("table", target),
    finish: [
      ...draft.indexes.map((name): FinishStep => step(table.name, "index", name, schema.sql("index", name), "keys")),
      ...(table.autoincrement ? [sequenceStep(target, table.sequence)] : []),
      ...triggers.map((name) => step(table.name, "full text", name, schema.sql("trigger", name), "references")),
    ],
  };
}

function triggerSteps(table: string, triggers: ReadonlyMap<string, readonly string[]>, schema: Schema): FinishStep[] {
  return (triggers.get(foldName(table)) ?? []).map((name) =>
    step(table, "full text", name, schema.sql("trigger", name), "references"),
  );
}

function step(
  table: string,
  kind: FinishStep["kind"],
  name: string,
  sql: string,
  stage: FinishStep["stage"],
): FinishStep {
  return { id: `${table}/${stage === "references" ? "trigger" : kind}/${name}`, kind, name, sql, stage };
}

/** Loading moved the position to the largest id; this is where the source had it. */
function sequenceStep(target: string, sequence: string | null): FinishStep {
  const name = quoteLiteral(target);
  const statements = [`DELETE FROM sqlite_sequence WHERE name = ${name}`];
  if (sequence !== null)
    statements.push(`INSERT INTO sqlite_sequence (name, seq) VALUES (${name}, ${BigInt(sequence)})`);
  return {
    id: `${target}/identity/sqlite_sequence`,
    kind: "identity",
    name: "sqlite_sequence",
    sql: statements.join(";\n"),
    stage: "keys",
  };
}

/** Settings of the whole file come before the first table: the encoding can only be set on an empty file. */
function withFileFacts(tables: readonly TablePlan[], catalog: Catalog): TablePlan[] {
  const facts = [`PRAGMA encoding = '${catalog.encoding}'`];
  if (catalog.userVersion !== 0) facts.push(`PRAGMA user_version = ${Math.trunc(catalog.userVersion)}`);
  if (catalog.applicationId !== 0) facts.push(`PRAGMA application_id = ${Math.trunc(catalog.applicationId)}`);
  const analysed = catalog.internal.some((name) => sameName(name, "sqlite_stat1"));
  return tables.map((table, i) => ({
    ...table,
    create: i === 0 ? [...facts, table.create].join(";\n") : table.create,
    finish:
      analysed && i === tables.length - 1
        ? [
            ...table.finish,
            { id: "sqlite_stat1", kind: "index", name: "sqlite_stat1", sql: "ANALYZE", stage: "references" },
          ]
        : table.finish,
  }));
}
