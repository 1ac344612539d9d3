/** What the connector knows beyond tables and views: notes, what stays behind, and comments. */
import { qualified, quoteName, quotePostgresLiteral } from "../../../core/quote.ts";
import { postgresFacts } from "../../../core/schema/postgres-catalog.ts";
import type { Planning } from "../../context.ts";
import type { Draft } from "../draft-table.ts";
import { planOf } from "../indexes.ts";

export function planFacts(planning: Planning): void {
  const facts = postgresFacts(planning.input.catalog);
  if (facts === null) return;
  planning.notes.push(...facts.notes);
  for (const { object, reason, hazard } of facts.others) {
    if (hazard === null) planning.leftOut.push({ object, reason });
    else planning.hazards.meet({ ...hazard, message: `${object}: ${reason}` });
  }
}

/** Statements that follow CREATE TABLE. */
export function commentSql(draft: Draft, planning: Planning): string[] {
  const comments = postgresFacts(planning.input.catalog)?.comments ?? [];
  const relation = qualified(planning.input.staging, draft.target);
  return comments
    .filter(({ table }) => table === draft.table.name)
    .flatMap(({ column, text }) => {
      if (column === null) return [`COMMENT ON TABLE ${relation} IS ${quotePostgresLiteral(text)}`];
      const plan = planOf(column, draft);
      return plan === undefined
        ? []
        : [`COMMENT ON COLUMN ${relation}.${quoteName(plan.target)} IS ${quotePostgresLiteral(text)}`];
    });
}

/** A CHECK that the source's old rows need not meet. */
export function isNotValid(check: string | null, table: string, planning: Planning): boolean {
  const facts = postgresFacts(planning.input.catalog);
  return facts?.notValid.some((one) => one.table === table && one.name === check) === true;
}
