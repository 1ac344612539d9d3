/** An index's step of finish, and its trial. */
import type { FinishStep } from "../../core/plan/plan.ts";
import { qualified } from "../../core/quote.ts";
import type { Index } from "../../core/schema/catalog.ts";
import type { Planning } from "../context.ts";
import type { IndexInput } from "./index-input.ts";

/** What is more than columns, the server writes in its own way: the plan is to know how. */
export function madeIndex(index: Index, name: string, sql: string, input: IndexInput, planning: Planning): FinishStep {
  const kind = index.unique ? "unique" : "index";
  const made: FinishStep = { id: `${input.table.name}/${kind}/${name}`, kind, name, sql, stage: "keys" };
  const plain = index.where === null && index.parts.every(({ column }) => column !== null);
  const shown = plain ? {} : { index: { step: made.id, name: qualified(planning.input.staging, name) } };
  planning.trials.push({ id: `index:${index.name}`, sql, ...shown });
  return name === index.name ? made : { ...made, place: index.name };
}
