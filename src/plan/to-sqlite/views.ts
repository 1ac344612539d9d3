/** Views and triggers: carried word for word. A view that was broken stays broken. */
import type { View } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { SqlSyntaxError } from "../../sql/parse/syntax-error.ts";
import { tokenize } from "../../sql/parse/tokenize.ts";
import { tableSettings } from "../context.ts";
import type { SelectedTables } from "../selection.ts";
import type { SqlitePlanning } from "./context.ts";
import type { DraftTable } from "./draft-table.ts";
import type { Schema } from "./schema.ts";
import type { VirtualPlan } from "./virtual-tables.ts";

/** With a selection of tables, a view moves when it is named, or when it names no table that stays behind. */
export function planViews(selection: SelectedTables, schema: Schema, planning: SqlitePlanning): View[] {
  const { catalog } = planning.input;
  const behind = new Set(
    [...catalog.tables, ...catalog.virtualTables]
      .filter(({ name }) => !selection.tables.some((table) => table.name === name) && !selection.chosen(name))
      .map(({ name }) => foldName(name)),
  );
  for (const { name } of [...catalog.tables, ...catalog.virtualTables])
    if (selection.excluded(name)) behind.add(foldName(name));
  const standing = planning.input.file?.schema.views ?? [];
  let views = catalog.views.filter(({ name }) => {
    if (!standing.some((own) => sameName(own, name))) return true;
    planning.leftOut.push({ object: `view ${name}`, reason: "the target has its own" });
    return false;
  });
  for (let before = -1; before !== views.length; ) {
    before = views.length;
    views = views.filter((view) => {
      const excluded = selection.excluded(view.name);
      if (!excluded && (selection.chosen(view.name) && selection.explicit ? true : !mentions(view.sql, behind)))
        return true;
      behind.add(foldName(view.name));
      const reason = excluded ? "not selected by the pipeline" : "reads a table that is not selected by the pipeline";
      planning.leftOut.push({ object: `view ${view.name}`, reason });
      return false;
    });
  }
  return views.filter((view) => {
    const lose = (reason: string): boolean => {
      planning.hazards.meet({ code: "VIEW_LOST", at: view.name, message: `view ${view.name}: ${reason}` });
      return false;
    };
    if (catalog.dialect === "postgres") return lose("it is written in PostgreSQL's SQL");
    if (planning.hazards.givesUp("VIEW_LOST", view.name)) return lose("given up in the pipeline file");
    const objection = schema.add(view.sql);
    return objection === null || lose(objection);
  });
}

/** Names of the triggers of each table or view, by folded name. */
export function planTriggers(
  drafts: readonly DraftTable[],
  virtual: readonly VirtualPlan[],
  views: readonly View[],
  schema: Schema,
  planning: SqlitePlanning,
): Map<string, string[]> {
  const { catalog } = planning.input;
  const owners = [
    ...drafts.map(({ table }) => table.name),
    ...virtual.map(({ plan }) => plan.source),
    ...views.map(({ name }) => name),
  ];
  const found = new Map<string, string[]>();
  for (const trigger of catalog.triggers) {
    const lose = (message: string) =>
      planning.hazards.meet({ code: "TRIGGER_LOST", at: trigger.name, message: `trigger ${trigger.name}: ${message}` });
    if (!owners.some((name) => sameName(name, trigger.table))) {
      planning.leftOut.push({
        object: `trigger ${trigger.name}`,
        reason: `its table ${trigger.table} is not selected`,
      });
      continue;
    }
    if (isStanding(trigger.table, planning)) {
      const reason = `the target's ${trigger.table} has its own`;
      planning.leftOut.push({ object: `trigger ${trigger.name}`, reason });
    } else if (catalog.dialect === "postgres") lose("it is written in PostgreSQL's SQL");
    else if (planning.hazards.givesUp("TRIGGER_LOST", trigger.name)) lose("given up in the pipeline file");
    else {
      const objection = schema.add(trigger.sql);
      if (objection !== null) lose(objection);
      else found.set(foldName(trigger.table), [...(found.get(foldName(trigger.table)) ?? []), trigger.name]);
    }
  }
  return found;
}

/** Existing tables keep their triggers, and get no others. */
function isStanding(name: string, { input }: SqlitePlanning): boolean {
  const { file } = input;
  if (file === undefined) return false;
  const target = tableSettings(input, name).as ?? name;
  return [...file.schema.tables.map((table) => table.name), ...file.schema.views, ...file.schema.virtual].some((own) =>
    sameName(own, target),
  );
}

function mentions(sql: string, names: ReadonlySet<string>): boolean {
  return wordsOf(sql).some((word) => names.has(foldName(word)));
}

/** PostgreSQL writes what SQLite's grammar does not know (`'a'::text`): names are found in it all the same. */
function wordsOf(sql: string): string[] {
  try {
    return tokenize(sql).flatMap(({ kind, value }) => (kind === "word" || kind === "quoted" ? [value] : []));
  } catch (thrown) {
    if (!(thrown instanceof SqlSyntaxError)) throw thrown;
    return [...sql.matchAll(/"((?:[^"]|"")*)"|[\p{L}_][\p{L}\p{N}_$]*/gu)].map(
      ([word, quoted]) => quoted?.replaceAll('""', '"') ?? word,
    );
  }
}
