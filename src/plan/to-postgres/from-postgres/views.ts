/** Views of a PostgreSQL source, each after those that it reads. */

import type { ViewPlan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import type { View } from "../../../core/schema/catalog.ts";
import { foldName } from "../../../core/schema/names.ts";
import type { ScopeRelation } from "../../../sql/translate/scope.ts";
import { noteName, type Planning, tableSettings } from "../../context.ts";
import { carryText } from "./carry.ts";
import { carryingOf } from "./carrying.ts";
import { wordsOf } from "./words.ts";

export function carriedViews(views: readonly View[], tables: readonly ScopeRelation[], planning: Planning): ViewPlan[] {
  const planned: ViewPlan[] = [];
  const relations = [...tables];
  const reasons = new Map<string, string>();
  const given = views.filter(({ name }) => planning.hazards.givesUp("VIEW_LOST", name));
  for (const { name } of given) reasons.set(name, "given up in the pipeline file");
  let waiting = views.filter((view) => !given.includes(view));
  for (let progress = true; progress; ) {
    progress = false;
    const next: View[] = [];
    for (const view of waiting) {
      const objection = planning.input.refused.get(`view:${view.name}`);
      const reshaped = tables.find((table) => isReshaped(table.source, planning) && mentions(view, table.source));
      const carried =
        objection !== undefined
          ? { ok: false as const, reason: `PostgreSQL refuses it: ${objection}` }
          : reshaped !== undefined
            ? { ok: false as const, reason: `the pipeline renames or drops columns of ${reshaped.source}` }
            : carryText(view.sql.replace(/;\s*$/, ""), carryingOf(planning, relations));
      if (!carried.ok) {
        reasons.set(view.name, carried.reason);
        next.push(view);
        continue;
      }
      progress = true;
      const target = planning.relationNames.claim(view.name, true);
      if (target !== view.name) noteName(planning, view.name, `the view is named ${target} in the target`);
      const sql = `CREATE VIEW ${qualified(planning.input.staging, target)} AS ${carried.sql}`;
      planned.push({ source: view.name, target, sql });
      planning.trials.push({ id: `view:${view.name}`, sql });
      relations.push({ source: view.name, target, columns: [], rowid: null, primaryKey: null });
    }
    waiting = next;
  }
  for (const { name } of [...given, ...waiting])
    planning.hazards.meet({ code: "VIEW_LOST", at: name, message: `view ${name}: ${reasons.get(name)}` });
  return planned;
}

/** `names`: folded. */
export function viewNames(view: View, names: ReadonlySet<string>): boolean {
  return wordsOf(view.sql).some(({ name }) => name !== null && names.has(foldName(name)));
}

function mentions(view: View, table: string): boolean {
  return viewNames(view, new Set([foldName(table)]));
}

function isReshaped(table: string, planning: Planning): boolean {
  const { rename, drop } = tableSettings(planning.input, table);
  return Object.keys(rename).length + drop.length > 0;
}
