/** Rows in the application's tables that differ from the source's: which trigger may be the cause, and lines that help. */
import type { Finding, ValidatorResult } from "../core/finding.ts";
import { acceptLines } from "../core/messages/yaml-text.ts";
import type { Plan, TablePlan } from "../core/plan/plan.ts";
import type { Advice } from "./validation-results.ts";

/** Changed cells can be accepted, column by column; against missing or extra rows only switching the trigger off helps. */
export function triggerAdvice({ tables }: Plan, results: readonly ValidatorResult[]): Advice {
  const differences = results
    .filter(({ validator }) => validator === "parity")
    .flatMap(({ findings }) => findings)
    .filter(({ level }) => level === "difference");
  const cells: string[] = [];
  const off: string[] = [];
  const details: string[] = [];
  for (const table of tables) {
    const found = differences.filter((one) => one.table === table.source);
    const own = triggersOf(table);
    // The trigger of another table may have written to one that has none.
    const suspects = own.length > 0 ? own : tables.flatMap(triggersOf);
    if (found.length === 0 || suspects.length === 0) continue;
    const changed = changedCells(found);
    if (changed !== null && own.length > 0) {
      cells.push(...changed);
      continue;
    }
    off.push(...suspects);
    details.push(
      own.length > 0
        ? `A trigger of ${table.target} may have kept rows out, changed others or added some: ${own.join(", ")}.`
        : `A trigger of another table may have written to ${table.target}: ${suspects.join(", ")}.`,
    );
  }
  const [heading = "accept:", ...lines] = acceptLines("TRIGGER_CHANGES", "column", "keep", cells);
  const more = acceptLines("TRIGGER_FIRES", "object", "disable", off).slice(1);
  return { details, paste: lines.length + more.length === 0 ? [] : [heading, ...lines, ...more] };
}

/** Null where more than cells differ. */
function changedCells(found: readonly Finding[]): string[] | null {
  const cells = found.flatMap(({ table, column }) => (column === null ? [] : [`${table}.${column}`]));
  return cells.length === found.length ? cells : null;
}

function triggersOf({ source, triggers }: TablePlan): string[] {
  return (triggers?.keep ?? []).map((name) => `${source}.${name}`);
}
