/**
 * Transforms at work: the rows of the snapshot go through their chains into a second SQLite file, the reshaped one, which
 * everything after reads instead. Tables without a chain are there as they were. The file appears under its name only
 * when all of it is written.
 */

import { cleaningUp } from "../../core/messages/clean-up.ts";
import type { TransformReport } from "../../core/plan/transform.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { keepCatalog } from "../catalog/kept-catalog.ts";
import { declareAffinities } from "./declare-affinities.ts";
import { refreshFullText } from "./full-text.ts";
import { giveRowids } from "./give-rowids.ts";
import { indexParents, outputTables, replaceTables } from "./output-tables.ts";
import type { ShapeRequest } from "./request.ts";
import { openReshaped, shapeError } from "./reshaped-file.ts";
import { runChain } from "./run-chain.ts";
import { seenIn } from "./seen-in-file.ts";
import { seenValues } from "./seen-values.ts";
import { attachSelection, keepSelected } from "./selected-rows.ts";

export type Shaped = { readonly report: TransformReport; readonly sha256: string };

/**
 * Throws TRANSFORM_FAILED and TRANSFORM_RUBBISH with table, key, column and sample, PLAN_INVALID, LOCAL_DISK.
 * `leftOut` names what this step could not keep, beside what `reshapedCatalog` left out already.
 */
export async function shapeSnapshot(request: ShapeRequest): Promise<Shaped> {
  const { snapshot, reshaped, catalog, chains, selection, wanted, signal } = request;
  const outputs = outputTables(chains, catalog, request.reshapedCatalog, wanted);
  signal.throwIfAborted();
  const file = await openReshaped(snapshot, reshaped);
  return cleaningUp(
    async () => {
      try {
        signal.throwIfAborted();
        attachSelection(file.db, selection);
        file.db.exec("BEGIN");
        replaceTables(file.db, chains, outputs, request.reshapedCatalog);
        const isReshaped = (name: string): boolean =>
          outputs.has(foldName(name)) || chains.some(({ table }) => sameName(table, name));
        const cut = keepSelected(file.db, catalog, selection, isReshaped, wanted);
        const done: Awaited<ReturnType<typeof runChain>>[] = [];
        const seen = seenValues();
        for (const position of chains.keys()) done.push(await runChain(file.db, outputs, position, request, seen));
        const after = request.settle?.(seenIn(file.db, seen, catalog)) ?? request.reshapedCatalog;
        const keyed = giveRowids(file.db, outputs, after);
        indexParents(file.db, keyed, after);
        const isTouched = (name: string): boolean => isReshaped(name) || cut.some((one) => sameName(one, name));
        const text = refreshFullText(file.db, after, isTouched, selection?.others === "none");
        // Another store's views are asked elsewhere, and its columns may hold numbers as texts.
        const isAsked = catalog.views.length > 0 && catalog.dialect !== "postgres";
        if (isAsked && request.settle !== undefined) declareAffinities(file.db, keyed.values(), after);
        signal.throwIfAborted();
        file.finish();
        return {
          report: {
            tables: done.map(({ table }) => table),
            leftOut: text.leftOut,
            quarantine: done.flatMap(({ quarantine }) => quarantine),
          },
          sha256: await keepCatalog(reshaped, text.catalog),
        };
      } catch (thrown) {
        throw shapeError(snapshot, reshaped, thrown);
      }
    },
    () => file.abandon(),
  );
}
