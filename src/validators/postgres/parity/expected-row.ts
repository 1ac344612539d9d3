import type { ComparedColumn, Comparison } from "./comparison.ts";
import { orphanTest } from "./orphans.ts";
import { afterRules } from "./rules.ts";
import { readCells } from "./source-row.ts";

/** What the rules make of a source row's cells, as texts of the target's types; null when the row is not carried. */
export function expectedTexts(
  comparison: Comparison,
  place: string,
  columns: readonly ComparedColumn[],
): (string | null)[] | null {
  const cells = readCells(
    comparison,
    place,
    columns.map((column) => column.plan.source),
  );
  const texts: (string | null)[] = [];
  for (const [i, { plan }] of columns.entries()) {
    const cell = cells[i];
    if (cell === undefined) return null;
    const outcome = afterRules(plan, cell, orphanTest(comparison, place));
    if (outcome.kind !== "value") return null;
    texts.push(outcome.text);
  }
  return texts;
}
