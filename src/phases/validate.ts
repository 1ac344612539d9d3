/** Validate: the proof, by readers of its own. A finding blocks cutover. */

import { type ValidatorName, type ValidatorResult, validatorNames } from "../core/finding.ts";
import type { Proven } from "../core/plan/live.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { isFullText } from "../core/schema/full-text.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { answersOf } from "./answers.ts";
import { provenLive } from "./prove-live.ts";
import { type Context, phase } from "./run/context.ts";
import { emitResults, refuseDifferences } from "./validation-results.ts";

/** `place`: where the rows are now. Throws VALIDATION_FAILED; the findings are saved in either case. */
export async function validate(
  context: Context,
  folder: RunFolder,
  plan: Plan,
  place: Proven,
): Promise<readonly ValidatorResult[]> {
  return phase(context, "validate", async () => {
    const wanted: Readonly<Partial<Record<ValidatorName, boolean>>> = context.settings.validate;
    const record = folder.record;
    const results: ValidatorResult[] = [...(await upstream(context, folder))];
    const isSearched = !context.parts.target.sameDialect && hasFullText(folder.catalog);
    const proven = await context.parts.prove({
      plan: withCheck(plan, context),
      catalog: folder.catalog,
      snapshot: folder.dataPath,
      schema: place.schema,
      live: place.live === null ? null : { place: place.live, inside: null },
      run: record.id,
      wanted: validatorNames.filter((name) => wanted[name] && applies(name, plan, place, isSearched)),
      emit: context.emit,
      signal: context.signal,
    });
    results.push(...proven);
    folder.update({ validation: results });
    emitResults(context, results);
    refuseDifferences(results, { details: [], paste: answersOf(results, plan) });
    return { result: results, summary: results.map((result) => `${result.validator} ok`).join(", ") };
  });
}

/** Proofs that do not involve the target: the snapshot against its source, the transforms against a second pass. */
async function upstream({ parts, emit, signal }: Context, folder: RunFolder): Promise<ValidatorResult[]> {
  const { snapshot, shaped } = folder.record;
  const results = snapshot?.proof === undefined ? [] : [snapshot.proof];
  if (parts.transforms === null || shaped === null || snapshot === null) return results;
  const report = folder.transforms ?? { tables: [] };
  const progress = (table: string, done: number, total: number): void =>
    emit({ type: "progress", phase: "validate", item: `transforms of ${table}`, done, total, unit: "rows" });
  const request = { snapshot: snapshot.path, reshaped: shaped.path, report, progress, signal };
  return [...results, await parts.transforms.replay(request)];
}

/**
 * Without full text or compared columns there is nothing to search; and among other rows a search would find those too.
 * `isSearched`: the source has full-text tables; one that is left out must be reported as not compared.
 */
function applies(validator: ValidatorName, plan: Plan, { live }: Proven, isSearched: boolean): boolean {
  if (live !== null) return provenLive(plan, live).includes(validator);
  return validator !== "search" || plan.search !== undefined || isSearched;
}

function hasFullText({ virtualTables }: Catalog): boolean {
  return virtualTables.some(({ module }) => isFullText(module));
}

/** The queries may change between two validations of the same load: the pipeline file's current ones count. */
function withCheck(plan: Plan, { settings }: Context): Plan {
  return plan.search === undefined ? plan : { ...plan, search: { ...plan.search, check: settings.search.check } };
}
