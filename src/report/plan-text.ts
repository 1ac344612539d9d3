/** A plan as text: every decision with its reason. */

import { count, plural } from "../core/messages/count.ts";
import type { FinishStep, Plan, TablePlan } from "../core/plan/plan.ts";
import { padTo, widest } from "./columns.ts";
import type { Paint } from "./paint.ts";

export function planText(plan: Plan, paint: Paint): string {
  const lines: string[] = [];
  for (const table of plan.tables) {
    const renamed = table.target === table.source ? "" : ` → ${table.target}`;
    lines.push(
      "",
      `${paint("bold", table.source)}${renamed}  ${paint("dim", `${plural(table.rows, "row")}${table.where === null ? "" : ` where ${table.where}`}`)}`,
    );
    lines.push(...reading(table).map((line) => `    ${paint("dim", line)}`));
    for (const note of plan.notes)
      if (note.code === "FULL_TEXT" && note.at === table.source) lines.push(`  ${paint("cyan", note.message)}`);
    const width = widest(
      table.columns.map((column) => column.target),
      4,
    );
    const typeWidth = widest(
      table.columns.map((column) => column.pgType),
      4,
    );
    for (const column of table.columns) {
      const mark = { exactly: " ", equivalently: "≈", changed: "!" }[column.arrives];
      const from = column.target === column.source ? "" : ` (from ${column.source})`;
      lines.push(
        `  ${paint("yellow", mark)} ${padTo(width, column.target)}  ${paint("cyan", padTo(typeWidth, column.pgType))}  ${paint("dim", `${column.reason}${from}`)}`,
      );
    }
    lines.push(
      ...(table.into === undefined ? objects(table) : meeting(table)).map((line) => `    ${paint("dim", line)}`),
    );
  }
  if (plan.views.length > 0)
    lines.push("", `${paint("bold", "views")}  ${plan.views.map((view) => view.target).join(", ")}`);
  if (plan.leftOut.length > 0)
    lines.push("", paint("bold", "left out"), ...plan.leftOut.map((entry) => `  ${entry.object}: ${entry.reason}`));
  // The full-text table itself shows what it becomes.
  const notes = plan.notes.filter((note) => note.code !== "FULL_TEXT");
  if (notes.length > 0)
    lines.push("", paint("bold", "notes"), ...notes.map((note) => `  ${note.code} ${note.at}: ${note.message}`));
  if (plan.hazards.length > 0) {
    lines.push("", paint("bold", "hazards"));
    for (const hazard of plan.hazards) {
      lines.push(
        `  ${paint("yellow", hazard.code)} ${hazard.at}: ${hazard.message} → ${hazard.accepted === null ? paint("red", "not accepted") : hazard.policy}`,
      );
      for (const { key, value } of hazard.samples)
        lines.push(`      ${paint("dim", [key, value].filter((part) => part !== "").join(": "))}`);
    }
  }
  lines.push(
    "",
    `${plural(plan.tables.length, "table")}, ${plural(plan.views.length, "view")}, ${count(plan.estimate.rows)} rows into schema ${plan.target.schema}; ≈ marks an equivalent type, ! an accepted change.`,
  );
  return lines.join("\n").slice(1);
}

function reading({ viaSqlite }: TablePlan): string[] {
  if (viaSqlite === undefined) return [];
  return [viaSqlite === null ? "from its pages, as they are" : `read through SQLite: ${viaSqlite}`];
}

function objects(table: TablePlan): string[] {
  const steps = table.finish.filter(({ kind }) => kind !== "identity");
  const { identity } = table;
  return [
    ...steps.map((step) => `${kindOf(step, table)} ${step.name}`),
    ...(identity === null ? [] : [`identity ${identity.column}, next value ${identity.next}`]),
  ];
}

/** What happens to existing rows of the application's table. */
function meeting({ into, match, mapped = [], target }: TablePlan): string[] {
  const key = match === undefined ? "primary key" : match.join(", ");
  const ids = mapped.map(({ column, table }) => (table === target ? column : `${column} (of ${table})`));
  const how = {
    append: "append: beside the rows that are there",
    merge: `merge: in place of rows with the same ${key}`,
    skip: `skip: rows with the same ${key} stay as they are there`,
    replace: "replace: in place of all rows that are there",
  };
  return [
    ...(into === undefined ? [] : [how[into]]),
    ...(ids.length === 0 ? [] : [`ids become those of the rows that are there: ${ids.join(", ")}`]),
  ];
}

/** On a table that is not full text itself, the step is the application's own trigger for one that is. */
function kindOf({ kind }: FinishStep, { fullText }: TablePlan): string {
  return kind === "full text" && fullText === undefined ? "trigger" : kind;
}
