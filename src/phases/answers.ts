/** Lines for the pipeline file that deal with what only the target has shown: the object goes, or the rows do. */
import type { ValidatorResult } from "../core/finding.ts";
import type { FinishStep, Plan, TablePlan } from "../core/plan/plan.ts";
import { quoteName } from "../core/quote.ts";
import { sameName } from "../core/schema/names.ts";

/** For views that show something else, and columns that the target computes otherwise. */
export function answersOf(results: readonly ValidatorResult[], plan: Plan): string[] {
  const entries = results.flatMap(({ findings }) =>
    findings.flatMap(({ level, key, table, column }): string[] => {
      if (level !== "difference") return [];
      const view = plan.views.find((one) => one.source === table);
      if (view !== undefined && key === null) return [`code: VIEW_LOST, object: ${JSON.stringify(view.source)}`];
      // A row that has no key is told from others by all that it holds.
      return (plan.tables.find((one) => one.source === table)?.columns ?? [])
        .filter((one) => one.computed && (column === null || sameName(one.source, column)))
        .map((one) => lostGenerated(table, one.source));
    }),
  );
  return pasted(entries);
}

/** For columns that the target computes, where it cannot compute a row's. */
export function answersOfLoad(tables: readonly TablePlan[]): string[] {
  return pasted(
    tables.flatMap(({ source, columns }) =>
      columns.filter(({ computed }) => computed).map((column) => lostGenerated(source, column.source)),
    ),
  );
}

/** Where cells of a key were changed on purpose, and two keys are one now: the rows go instead. */
export function answersOfKey({ source, columns }: TablePlan, step: FinishStep): string[] {
  const inKey = columns.filter(({ target }) => step.sql.includes(quoteName(target)));
  return inKey.flatMap((column) =>
    column.rules
      .filter(({ then }) => then !== "quarantine")
      .map(({ code }) => `code: ${code}, column: ${JSON.stringify(`${source}.${column.source}`)}, policy: quarantine`),
  );
}

function lostGenerated(table: string, column: string): string {
  return `code: GENERATED_LOST, column: ${JSON.stringify(`${table}.${column}`)}`;
}

function pasted(entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ["accept:", ...[...new Set(entries)].map((entry) => `  - { ${entry} }`)];
}
