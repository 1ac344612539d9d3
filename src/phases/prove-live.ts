/**
 * The proof of rows that go into the application's tables: before they are visible to others, by the
 * validators' own readers, in the transaction that writes them. No setting turns it off.
 */

import { type ValidatorName, validatorNames } from "../core/finding.ts";
import type { LivePlace, ProveLive } from "../core/plan/live.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";
import { triggerAdvice } from "./trigger-advice.ts";
import { emitResults, refuseDifferences } from "./validation-results.ts";

/** The validators for the rows, and for the tables or views that the run made itself. */
export function provenLive({ tables }: Plan, { into, views }: LivePlace): readonly ValidatorName[] {
  const made = views.length > 0 || tables.some(({ target }) => into[target] === undefined);
  const proving: readonly ValidatorName[] = made ? ["counts", "schema", "parity"] : ["counts", "parity"];
  return validatorNames.filter((name) => proving.includes(name));
}

export function proveLive(context: Context, folder: RunFolder, plan: Plan): ProveLive {
  const { parts, emit, signal } = context;
  return async (open) => {
    const input = {
      ...{ plan, emit, signal, catalog: folder.catalog, snapshot: folder.dataPath, run: folder.record.id },
      schema: open.place.schema,
    };
    const before = await parts.measureLive(input, open);
    return async () => {
      const live = { place: open.place, inside: { open, before } };
      const results = await parts.prove({ ...input, live, wanted: provenLive(plan, open.place) });
      const proven = new Set(results.map(({ validator }) => validator));
      // The newest result of each validator; those that ran only before the switch are kept.
      const others = (folder.record.validation ?? []).filter(({ validator }) => !proven.has(validator));
      folder.update({ validation: [...others, ...results] });
      emitResults(context, results);
      refuseDifferences(results, triggerAdvice(plan, results));
    };
  };
}
