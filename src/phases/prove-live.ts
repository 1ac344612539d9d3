/**
 * The proof of rows that go into tables of the application's: before anybody else sees them, by the
 * validators' own readers, in the transaction that writes them. No setting turns it off.
 */

import type { ValidatorResult } from "../core/finding.ts";
import type { LivePlace, ProveLive } from "../core/live.ts";
import type { Plan } from "../core/plan.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./context.ts";
import { refuseDifferences, tellResults } from "./validation-results.ts";

/** What says whether the rows are there; and where the run made tables or views, whether those are as they were planned. */
export function provenLive({ tables }: Plan, { into, views }: LivePlace): readonly string[] {
  const made = views.length > 0 || tables.some(({ target }) => into[target] === undefined);
  return ["counts", ...(made ? ["schema"] : []), "parity"];
}

/** What a trigger of the application's changed can be accepted, column by column. */
function triggerLines({ tables, notes }: Plan, results: readonly ValidatorResult[]): string[] {
  const triggered = new Set(notes.flatMap(({ code, at }) => (code === "LIVE_TRIGGERS" ? [at] : [])));
  const places = results
    .filter(({ validator }) => validator === "parity")
    .flatMap(({ findings }) => findings)
    .filter(({ level, table }) => level === "difference" && isOf(table))
    .flatMap(({ table, column }) => (column === null ? [] : [`${table}.${column}`]));
  function isOf(source: string): boolean {
    return tables.some((table) => table.source === source && triggered.has(table.target));
  }
  const lines = [...new Set(places)].map(
    (at) => `  - { code: TRIGGER_CHANGES, column: ${JSON.stringify(at)}, policy: keep }`,
  );
  return lines.length === 0 ? [] : ["accept:", ...lines];
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
      // The newest word on each question; what was asked before the switch only stays.
      const others = (folder.record.validation ?? []).filter(({ validator }) => !proven.has(validator));
      folder.update({ validation: [...others, ...results] });
      tellResults(context, results);
      refuseDifferences(results, triggerLines(plan, results));
    };
  };
}
