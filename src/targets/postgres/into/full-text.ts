/**
 * Full-text tables among those that are there. Their vectors are made by triggers that
 * rowhaul installed, so a table that it made itself takes rows like any other. What
 * becomes of all others was asked in the plan: here they only stand where the schema
 * has changed since.
 */
import type { TablePlan } from "../../../core/plan/plan.ts";
import type { LiveTable } from "./live-tables.ts";

export type FullText = {
  readonly written: readonly TablePlan[];
  readonly kept: readonly TablePlan[];
  readonly refused: readonly string[];
};

const otherwise = "plan again with --fresh, and the plan asks what is to become of its texts";

export function fullTextOf(
  standing: readonly TablePlan[],
  made: readonly TablePlan[],
  live: ReadonlyMap<string, LiveTable>,
): FullText {
  const refused = made
    .filter((table) => table.fullText !== undefined || table.finish.some(({ kind }) => kind === "full text"))
    .map(({ target, fullText }) =>
      fullText === undefined
        ? `${target} comes with a trigger that feeds a full-text table, which cannot be added to a schema in use: accept TRIGGER_LOST for it`
        : `${target} comes with full-text search, which cannot be added to a schema in use: ${otherwise}`,
    );
  const written: TablePlan[] = [];
  const kept: TablePlan[] = [];
  for (const table of standing) {
    const { fullText } = table;
    const there = live.get(table.target);
    if (fullText === undefined || there === undefined) written.push(table);
    else if (fullText.content.kind === "contentless")
      refused.push(`${table.target} keeps no texts from which its search index could be made again: ${otherwise}`);
    else if (!isOurs(table, there, live))
      refused.push(`${table.target} is a full-text table that rowhaul did not make so: ${otherwise}`);
    else (fullText.content.kind === "external" ? kept : written).push(table);
  }
  return { written, kept, refused };
}

/** The columns of the vector stand there, and triggers beside the texts. */
function isOurs({ fullText, target }: TablePlan, there: LiveTable, live: ReadonlyMap<string, LiveTable>): boolean {
  if (fullText === undefined) return false;
  const own = [fullText.vector, fullText.length, fullText.big];
  const texts = live.get(fullText.contentTarget ?? target);
  return own.every((name) => there.columns.some((column) => column.name === name)) && (texts?.triggers.length ?? 0) > 0;
}
