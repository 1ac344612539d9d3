/** Notes on a switch into existing tables that need no decision. */
import type { Note, Plan } from "../../../core/plan/plan.ts";
import { isUntouched, type Survey } from "./survey.ts";

export function notesOf(plan: Plan, found: Survey): Note[] {
  if (isUntouched({ plan, ...found })) return [];
  const { schema } = plan.target;
  return [
    ...found.kept.map(({ target }) => ({
      code: "LIVE_INDEX",
      at: target,
      message: "the triggers of its content keep this full-text table",
    })),
    ...found.made.map(({ target }) => ({
      code: "TABLE_MADE",
      at: target,
      message: `schema ${schema} has no such table, so it is made there`,
    })),
    ...plan.views
      .filter((view) => !found.views.includes(view))
      .map(({ target }) => ({
        code: "VIEW_STAYS",
        at: target,
        message: `schema ${schema} has such a view, which stays as it is`,
      })),
  ];
}
