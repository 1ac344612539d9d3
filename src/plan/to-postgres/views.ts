/** Views, in an order in which each finds the views it reads. */

import type { ViewPlan } from "../../core/plan/plan.ts";
import { qualified } from "../../core/quote.ts";
import type { View } from "../../core/schema/catalog.ts";
import type { ScopeRelation } from "../../sql/translate/scope.ts";
import { translateView } from "../../sql/translate/translate-view.ts";
import { noteName, type Planning } from "../context.ts";
import { beyondNumbers } from "./beyond-numbers.ts";
import { isPostgres } from "./from-postgres/carrying.ts";
import { carriedViews } from "./from-postgres/views.ts";

export function planViews(views: readonly View[], tables: readonly ScopeRelation[], planning: Planning): ViewPlan[] {
  if (isPostgres(planning)) return carriedViews(views, tables, planning);
  const planned: ViewPlan[] = [];
  const relations = [...tables];
  const reasons = new Map<string, string>();
  const given = views.filter(({ name }) => planning.hazards.givesUp("VIEW_LOST", name));
  for (const { name } of given) reasons.set(name, "given up in the pipeline file");
  let waiting = views.filter((view) => !given.includes(view));
  // A view that reads one not yet there is refused now and tried again after the others.
  for (let progress = true; progress; ) {
    progress = false;
    const next: View[] = [];
    for (const view of waiting) {
      const objection = planning.input.refused.get(`view:${view.name}`);
      const read =
        objection === undefined
          ? translateView(view.sql, {
              schema: planning.input.staging,
              relations,
              current: null,
              encoding: planning.input.catalog.encoding,
            })
          : { ok: false as const, reason: `PostgreSQL refuses it: ${objection}` };
      const beyond = read.ok ? beyondNumbers(`view:${view.name}`, read.notes, planning) : null;
      const translated = beyond === null ? read : { ok: false as const, reason: beyond };
      if (!translated.ok) {
        reasons.set(view.name, translated.reason);
        next.push(view);
        continue;
      }
      progress = true;
      const target = planning.relationNames.claim(view.name, true);
      if (target !== view.name) noteName(planning, view.name, `the view is named ${target} in the target`);
      const sql = `CREATE VIEW ${qualified(planning.input.staging, target)} AS ${translated.sql}`;
      planned.push({ source: view.name, target, sql });
      planning.trials.push({ id: `view:${view.name}`, sql });
      for (const note of translated.notes)
        planning.notes.push({ code: "VIEW_TRANSLATED", at: view.name, message: note });
      relations.push({ source: view.name, target, columns: translated.columns, rowid: null, primaryKey: null });
    }
    waiting = next;
  }
  for (const view of [...given, ...waiting])
    planning.hazards.meet({
      code: "VIEW_LOST",
      at: view.name,
      message: `view ${view.name}: ${reasons.get(view.name)}`,
    });
  return planned;
}
