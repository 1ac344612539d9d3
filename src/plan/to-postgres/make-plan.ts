/**
 * Catalog + profile + pipeline → plan. Pure: what an engine must be asked is asked
 * by the probe, which tries the plan's trials on the target and hands the refusals
 * back in for a second planning.
 */

import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { FinishStep, Plan, TablePlan } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { Catalog, Table, View } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { carriedFullText } from "../../search/catalog.ts";
import { tokenize } from "../../sql/parse/tokenize.ts";
import { Hazards } from "../acceptance.ts";
import { appNotes } from "../app-notes.ts";
import { type Planning, type PlanScope, type PostgresInput, selectedRows, tableSettings } from "../context.ts";
import { planLeftOut } from "../left-out.ts";
import { givenUp, leftBehind, lossOf, notSelected, virtualLeftBehind } from "../lost-texts.ts";
import { Names } from "../names.ts";
import type { Planned } from "../planned.ts";
import { type SelectedTables, selectTables } from "../selection.ts";
import { cutUnits } from "../units.ts";
import { pgType } from "./column.ts";
import { type Draft, draftTable } from "./draft-table.ts";
import { type Parent, planForeignKey } from "./foreign-keys.ts";
import { isPostgres } from "./from-postgres/carrying.ts";
import { planFacts } from "./from-postgres/facts.ts";
import { viewNames } from "./from-postgres/views.ts";
import { joinedColumns } from "./from-sqlite/joined-columns.ts";
import { planFullText } from "./full-text.ts";
import { edgesOf, withDependants } from "./into/dependants.ts";
import { draftInto } from "./into/draft-into.ts";
import { fullTextInto } from "./into/full-text-into.ts";
import { definitionsOf, intoPairs, isLeft } from "./into/into-pairs.ts";
import { matchingsOf } from "./into/matching.ts";
import { askMeetings, askUnmapped, type Meetings, unmet } from "./into/meetings.ts";
import { modeOf } from "./into/mode-of.ts";
import { intoNotes } from "./into/notes.ts";
import { matchedBy, tableInto } from "./into/table-into.ts";
import { acceptedWrites, withTriggers } from "./into/triggers.ts";
import { viaSqlite } from "./reading.ts";
import { planSearch } from "./search.ts";
import { planSearchTrigger } from "./search-triggers.ts";
import { planTable } from "./table.ts";
import { planViews } from "./views.ts";

export function makePlan(input: PostgresInput): Planned {
  const { settings, catalog } = input;
  const selection = selectTables(catalog, input.selection);
  const planning: Planning = {
    input,
    hazards: new Hazards(settings),
    notes: [],
    relationNames: new Names(sourceNames(catalog)),
    trials: [],
    leftOut: [],
    orphanPolicies: new Map(),
    // A PostgreSQL source has its types, and an application's tables have theirs.
    joined:
      catalog.dialect === "postgres" || input.into !== undefined
        ? new Map()
        : joinedColumns(selection.tables, input, pgType),
    brokenCheckPolicies: new Map(),
  };
  if (catalog.userVersion !== 0)
    planning.leftOut.push({
      object: `PRAGMA user_version = ${catalog.userVersion}`,
      reason: "PostgreSQL has nothing like it",
    });
  if (catalog.applicationId !== 0)
    planning.leftOut.push({
      object: `PRAGMA application_id = ${catalog.applicationId}`,
      reason: "PostgreSQL has nothing like it",
    });
  for (const name of catalog.internal)
    planning.leftOut.push({ object: `table ${name}`, reason: "bookkeeping of SQLite" });
  for (const table of catalog.tables)
    if (!selection.tables.includes(table) && table.fullText === undefined)
      planning.leftOut.push(leftBehind(table.name, input.profile.tables[table.name]?.rows));
  planLeftOut(planning);
  planFacts(planning);
  refuseSameTables(selection, input);
  const { tables: wanted, made } = fullTextInto(selection.tables, planning);
  const pairs = intoPairs(wanted, planning);
  const moving = wanted.filter((table) => made.has(table) || !isLeft(table, pairs, planning));
  const edges = edgesOf([...pairs.values()]);
  const matchings = matchingsOf([...pairs.values()], input);
  const met = new Map<Table, Meetings>();
  const drafted = moving.map((table) => {
    const pair = pairs.get(table);
    if (pair === undefined) return draftTable(table, planning);
    const meetings = askMeetings(pair, matchings.get(table.name), planning);
    met.set(table, meetings);
    return draftInto(pair, edges, [...pairs.values()], meetings, planning);
  });
  askUnmapped([...pairs.values()], matchings, planning);
  const drafts = pairs.size === 0 ? drafted : withDependants(drafted, [...pairs.values()], planning);
  const views = selectedViews(selection, planning);
  const parts = drafts.map((draft) => {
    const fullText = draft.table.fullText !== undefined ? planFullText(draft, drafts, planning) : null;
    const pair = pairs.get(draft.table);
    const parts =
      pair === undefined ? planTable(draft, planning, fullText?.columns) : tableInto(draft, pair.live, planning);
    return { draft, fullText, parts };
  });
  const parents = new Map(
    parts.map(({ draft: { table, target, columns }, parts: { keys } }): [string, Parent] => [
      foldName(table.name),
      { table, target, columns, keys },
    ]),
  );
  const tables = parts.map(({ draft, fullText, parts: { create, key, identity, finish } }): TablePlan => {
    const into = pairs.has(draft.table) ? modeOf(draft.table.name, input) : null;
    const references = (into === null ? draft.table.foreignKeys : []).flatMap((foreign, i) => {
      const step = planForeignKey(
        foreign,
        i,
        { table: draft.table, target: draft.target, columns: draft.columns, dropped: draft.dropped },
        parents,
        planning,
      );
      return step === null ? [] : [step];
    });
    return {
      source: draft.table.name,
      target: draft.target,
      where: selectedRows(input, draft.table),
      ...(draft.table.relation === undefined ? {} : { relation: draft.table.relation }),
      ...(fullText === null ? {} : { fullText: fullText.plan }),
      ...(into === null ? {} : matchedBy(into, matchings.get(draft.table.name), met.get(draft.table) ?? unmet, draft)),
      viaSqlite: viaSqlite(draft.table, draft.columns, draft.profile),
      rows: draft.profile.selected,
      columns: draft.columns,
      key,
      rowidName: draft.table.rowidName,
      identity,
      create,
      finish: distinctNames([...finish, ...(fullText?.finish ?? []), ...references]),
    };
  });
  const viewPlans = planViews(
    views,
    drafts.map((draft) => draft.scope),
    planning,
  );
  virtualTablesLeftBehind(selection, planning);
  const triggers = planTriggers(selection, tables, planning);
  const kept = (table: TablePlan): boolean => table.into !== undefined;
  const search = planSearch(tables, planning);
  const scope = withTriggers(tables, planning);
  const writes = acceptedWrites(tables, planning);
  const { target } = settings;
  const plan: Plan = {
    version: 1,
    name: settings.name,
    target: {
      schema: target.schema,
      staging: input.staging,
      aside: input.aside,
      owner: target.owner,
      grants: target.grants,
      rowSecurity: target.rowSecurity === "enable",
      ...(pairs.size === 0 ? {} : { definitions: definitionsOf(pairs) }),
      ...(writes === undefined ? {} : { writes }),
    },
    tables: scope.map((table) =>
      kept(table)
        ? table
        : {
            ...table,
            finish: [
              ...table.finish,
              ...(search?.steps.get(table.source) ?? []),
              ...(triggers.get(table.source) ?? []),
            ],
          },
    ),
    views: viewPlans,
    ...(search === null ? {} : { search: search.plan }),
    units: cutUnits(tables, input.profile),
    hazards: planning.hazards.found,
    notes: [...planning.notes, ...intoNotes([...pairs.values()], planning), ...planning.hazards.unused()],
    appNotes: appNotes(tables, catalog, settings),
    leftOut: planning.leftOut,
    estimate: {
      rows: tables.reduce((sum, table) => sum + table.rows, 0),
      bytes: tables.reduce((sum, table) => sum + (input.profile.tables[table.source]?.bytes ?? 0), 0),
    },
  };
  const setup = [
    `CREATE SCHEMA ${quoteName(input.staging)}`,
    ...drafts.map((draft) => bareTable(draft, input.staging)),
  ];
  return { plan, probe: { setup, trials: planning.trials } };
}

/** `as` must not take a name that another table or view has. */
function refuseSameTables(selection: SelectedTables, scope: PlanScope): void {
  const wanted = selection.tables.map((table) => tableSettings(scope, table.name).as ?? table.name);
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RowhaulError("PLAN_INVALID", `Two tables would be named "${twice}".`, {
      hint: "Correct `as` in the pipeline file.",
    });
  }
}

function sourceNames(catalog: Catalog): string[] {
  return [...catalog.tables, ...catalog.views, ...catalog.tables.flatMap((table) => table.indexes)].map(
    ({ name }) => name,
  );
}

/**
 * With a selection of tables, a view moves when it is named, or when it names no table that stays behind:
 * a view that can be carried is not left out only because the pipeline file does not list it.
 */
function selectedViews(selection: SelectedTables, planning: Planning): readonly View[] {
  const { views, tables, virtualTables } = planning.input.catalog;
  const behind = new Set(tables.filter((table) => !selection.tables.includes(table)).map(({ name }) => name));
  for (const { name } of virtualTables)
    if (!selection.tables.some((table) => table.fullText !== undefined && table.name === name)) behind.add(name);
  const stays = (view: View): boolean =>
    selection.excluded(view.name) || (!selection.chosen(view.name) && mentions(view, behind, planning));
  let wanted = views.filter((view) => !isTargets(view.name, planning));
  // A view that stays behind keeps those that read it behind, too.
  for (let before = -1; before !== wanted.length; ) {
    before = wanted.length;
    for (const view of wanted.filter(stays)) behind.add(view.name);
    wanted = wanted.filter((view) => !stays(view));
  }
  for (const view of views) {
    if (wanted.includes(view)) continue;
    if (isTargets(view.name, planning)) {
      planning.leftOut.push({ object: `view ${view.name}`, reason: "the target has its own" });
      continue;
    }
    const reason = selection.excluded(view.name)
      ? "not selected by the pipeline"
      : "reads a table that is not selected by the pipeline";
    planning.leftOut.push({ object: `view ${view.name}`, reason });
  }
  return wanted;
}

function isTargets(name: string, { input: { into } }: Planning): boolean {
  return into?.schema.tables.some((table) => sameName(table.name, name)) === true;
}

function mentions(view: View, names: ReadonlySet<string>, planning: Planning): boolean {
  const folded = new Set([...names].map(foldName));
  if (isPostgres(planning)) return viewNames(view, folded);
  return tokenize(view.sql).some(
    ({ kind, value }) => (kind === "word" || kind === "quoted") && folded.has(foldName(value)),
  );
}

function virtualTablesLeftBehind(selection: SelectedTables, planning: Planning): void {
  const { catalog, profile, settings } = planning.input;
  for (const virtual of catalog.virtualTables) {
    if (selection.tables.some((table) => table.fullText !== undefined && table.name === virtual.name)) continue;
    const loss = lossOf(virtual, catalog, profile);
    if (!selection.chosen(virtual.name) || selection.excluded(virtual.name)) {
      planning.leftOut.push(virtualLeftBehind(virtual, notSelected, loss));
      continue;
    }
    const content = catalog.tables.find((table) => table.name === virtual.name)?.fullText?.content;
    if (content !== undefined && content !== null && !selection.tables.some(({ name }) => name === content.table)) {
      const reason = `the pipeline does not select ${content.table}, whose texts it indexes`;
      planning.leftOut.push({ object: `virtual table ${virtual.name}`, reason });
      continue;
    }
    const carried = carriedFullText(catalog, virtual);
    const own =
      virtual.shadowTables.length > 0 ? ` with ${plural(virtual.shadowTables.length, "table")} of its own` : "";
    const given = settings.search.mode === "off" ? "search.mode is off" : "given up in the pipeline file";
    const reason = carried.ok ? given : carried.reason;
    const policy = planning.hazards.meet({
      code: "VIRTUAL_TABLE_LOST",
      at: virtual.name,
      message: `${virtual.name} is a virtual table (${virtual.module})${own}: ${reason}${loss === null ? "" : `; ${loss.consequence}`}`,
    });
    planning.leftOut.push(...givenUp(virtual, loss, policy));
  }
}

/** Steps of finish by source table. */
function planTriggers(
  selection: SelectedTables,
  tables: readonly TablePlan[],
  planning: Planning,
): Map<string, FinishStep[]> {
  const { catalog } = planning.input;
  const steps = new Map<string, FinishStep[]>();
  for (const trigger of catalog.triggers) {
    const owner = selection.tables.find((table) => sameName(table.name, trigger.table));
    const onView = catalog.views.some((view) => sameName(view.name, trigger.table)) && selection.chosen(trigger.table);
    if (owner === undefined && !onView) {
      const reason = `its table ${trigger.table} is not selected`;
      planning.leftOut.push({ object: `trigger ${trigger.name}`, reason });
      continue;
    }
    if (owner !== undefined && tables.some(({ source, into }) => source === owner.name && into !== undefined)) {
      planning.leftOut.push({ object: `trigger ${trigger.name}`, reason: `the target's ${owner.name} has its own` });
      continue;
    }
    const planned = planning.hazards.givesUp("TRIGGER_LOST", trigger.name)
      ? ({ kind: "lost", reason: "given up in the pipeline file" } as const)
      : isPostgres(planning)
        ? ({ kind: "lost", reason: "functions are not moved, and it calls one" } as const)
        : planSearchTrigger(trigger, tables, planning);
    if (planned.kind === "lost") {
      const message = `trigger ${trigger.name} on ${trigger.table}: ${planned.reason}`;
      planning.hazards.meet({ code: "TRIGGER_LOST", at: trigger.name, message });
    } else if (planned.kind === "replaced") {
      const message = `trigger ${trigger.name} kept ${planned.by} true; in PostgreSQL ${planned.by}'s own triggers do`;
      planning.notes.push({ code: "TRIGGER_REPLACED", at: trigger.name, message });
    } else {
      const message = `trigger ${trigger.name} is written again in PL/pgSQL`;
      planning.notes.push({ code: "TRIGGER_TRANSLATED", at: trigger.name, message });
      steps.set(owner?.name ?? "", [...(steps.get(owner?.name ?? "") ?? []), planned.step]);
    }
  }
  return steps;
}

/** For the probe: a table with its columns alone, so that each default and check can fail by itself. */
function bareTable(draft: Draft, staging: string): string {
  const columns = draft.columns.map((column) => `${quoteName(column.target)} ${column.pgType}`);
  return `CREATE TABLE ${qualified(staging, draft.target)} (${columns.join(", ")})`;
}

/** In PostgreSQL a table's constraints have names of their own; SQLite takes the same one twice. */
function distinctNames(steps: readonly FinishStep[]): FinishStep[] {
  const names = new Names();
  return steps.map((step) => {
    const written = `CONSTRAINT ${quoteName(step.name)} `;
    if (!step.sql.includes(written)) return step;
    const name = names.claim(step.name);
    if (name === step.name) return step;
    const id = `${step.id.slice(0, step.id.length - step.name.length)}${name}`;
    return { ...step, name, id, sql: step.sql.replace(written, () => `CONSTRAINT ${quoteName(name)} `) };
  });
}
