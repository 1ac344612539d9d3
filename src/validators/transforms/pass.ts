/** One pass of the snapshot's rows through their chains. Steps are started anew, so they remember nothing of another pass. */
import { setImmediate as pause } from "node:timers/promises";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Chain, Shape, Value } from "../../core/plan/transform.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { openSource } from "../source-reader.ts";
import type { Output } from "./outputs.ts";
import { readTable } from "./read-table.ts";
import type { ReplayRequest } from "./request.ts";
import { rowDigest } from "./row-digest.ts";
import { type ReplayServices, replayServices } from "./services.ts";

export type OnRow = (output: Output, digest: Buffer, row: readonly Value[], shape: Shape) => void;

/** Returns how many rows were read, and how many a step refused. */
export async function replayChain(
  request: ReplayRequest,
  chain: Chain,
  outputs: ReadonlyMap<string, Output>,
  onRow: OnRow,
): Promise<{ readonly read: number; readonly refused: number }> {
  const { snapshot, catalog, selection, progress, signal } = request;
  const table = catalog.tables.find(({ name }) => sameName(name, chain.table));
  if (table === undefined) throw new Error(`No table ${chain.table} in the catalog`);
  const db = openSource(snapshot);
  const services = replayServices(snapshot, catalog);
  try {
    if (selection !== null) db.prepare("ATTACH ? AS rowhaul_rows").run(selection.path);
    const conditions = [chain.where, selectedBy(request, table.name)].filter((one) => one !== null);
    const made: { shape: Shape; row: Value[] }[] = [];
    const apply = compose(chain, services, (shape, row) => void made.push({ shape, row }));
    const places = new Map<Shape, { output: Output; at: number[] }>();
    const columns = table.columns.map(({ name }) => name);
    let [read, refused] = [0, 0];
    for (const piece of readTable(db, table, columns, conditions, chain.backwards, catalog.encoding)) {
      for (const { values } of piece) {
        made.length = 0;
        const through = applied(apply, values, chain);
        services.settle(through);
        if (!through) {
          refused += 1;
          continue;
        }
        for (const { shape, row } of made) {
          const place = places.get(shape) ?? placesIn(shape, outputs);
          places.set(shape, place);
          onRow(place.output, rowDigest(row, place.at, catalog.encoding), row, shape);
        }
      }
      read += piece.length;
      progress(table.name, read);
      await pause();
      signal.throwIfAborted();
    }
    return { read, refused };
  } finally {
    services.close();
    db.close();
  }
}

/** What a row of the table must meet to be selected; null when all are. */
export function selectedBy({ selection }: ReplayRequest, table: string): string | null {
  if (selection === null) return null;
  const known = selection.tables.find((one) => sameName(one.table, table));
  return known?.condition ?? (selection.others === "none" ? "0" : null);
}

type Sink = (shape: Shape, row: Value[]) => void;

function compose(chain: Chain, services: ReplayServices, sink: Sink): (row: Value[]) => void {
  const started = chain.steps.map((step) => ({ step, apply: step.start(services) }));
  const last = chain.steps.at(-1)?.outputs[0] ?? chain.outputs[0];
  return started.reduceRight<(row: Value[]) => void>(
    (next, { step, apply }) =>
      (row) =>
        apply(row, (output, made) => {
          const shape = step.outputs[output];
          if (shape === undefined) throw new Error(`${step.label} has no output ${output}`);
          if (output === 0) next(made);
          else sink(shape, made);
        }),
    (row) => sink(last, row),
  );
}

function applied(apply: (row: Value[]) => void, values: Value[], chain: Chain): boolean {
  try {
    apply(values);
    return true;
  } catch (thrown) {
    const ofRow = thrown instanceof RowhaulError && thrown.code.startsWith("TRANSFORM_");
    if (chain.onError === "quarantine" && ofRow) return false;
    throw thrown;
  }
}

function placesIn(shape: Shape, outputs: ReadonlyMap<string, Output>): { output: Output; at: number[] } {
  const output = outputs.get(foldName(shape.table));
  if (output === undefined) throw new Error(`No table ${shape.table} in the reshaped catalog`);
  const at = output.columns.map((column) => shape.columns.findIndex(({ name }) => sameName(name, column)));
  return { output, at };
}
