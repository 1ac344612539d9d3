import type { Plan } from "../../../core/plan/plan.ts";

/** Every relation name the plan will bring into the target schema: tables, views, indexes, and sequences behind identities. */
export function plannedNames(plan: Plan): string[] {
  const names = new Set<string>(plan.views.map((view) => view.target));
  for (const table of plan.tables) {
    names.add(table.target);
    for (const step of table.finish)
      if (step.kind === "primary key" || step.kind === "unique" || step.kind === "index") names.add(step.name);
    if (table.identity !== null) names.add(table.identity.sequence);
  }
  return [...names];
}
