/**
 * The rows of two tables. Where the key is the rowid on both sides they are
 * merged in its order. Else they are read side by side for as long as they are
 * the same rows, which copies of one store are to the end; only what follows
 * the first difference goes by digests: see match-digests.ts. So memory is flat
 * always, and equal tables are read once.
 */
import { setImmediate } from "node:timers/promises";
import type { Value } from "../core/plan/transform.ts";
import type { Found } from "./found.ts";
import { matchDigests } from "./match-digests.ts";
import type { RowKey } from "./row-key.ts";
import { type Rest, type RowsRequest, sideRows, type Tick } from "./side-rows.ts";

export async function compareRows(request: RowsRequest, found: Found): Promise<void> {
  const a = sideRows(request.a);
  const b = sideRows(request.b);
  const tick = ticker(request);
  try {
    if (request.key?.ordered === true) {
      await merge(a, b, request.key, found, tick);
      return;
    }
    const rest = await sideBySide(a, b, request, found, tick);
    if (rest === null) return;
    await matchDigests(request, rest, { a, b }, found, tick);
  } finally {
    // A statement that is not run to its end keeps its store from closing.
    a.return?.();
    b.return?.();
  }
}

/** To be called a row: lets others run now and then, and stops when told to. */
function ticker({ progress, signal }: RowsRequest): Tick {
  let rows = 0;
  return () => {
    rows += 1;
    if (rows % 4096 !== 0) return undefined;
    signal?.throwIfAborted();
    progress(rows);
    return setImmediate();
  };
}

async function merge(
  a: IterableIterator<Value[]>,
  b: IterableIterator<Value[]>,
  key: RowKey,
  found: Found,
  tick: Tick,
): Promise<void> {
  const at = key.at[0] ?? 0;
  const nextA = counted(a, found.readA);
  const nextB = counted(b, found.readB);
  let [x, y] = [nextA(), nextB()];
  while (x !== null || y !== null) {
    const pause = tick();
    if (pause !== undefined) await pause;
    const [idA, idB] = [x?.[at] as bigint | undefined, y?.[at] as bigint | undefined];
    if (x !== null && (idB === undefined || (idA !== undefined && idA < idB))) {
      found.missing(x);
      x = nextA();
    } else if (y !== null && (x === null || idA !== idB)) {
      found.extra(y);
      y = nextB();
    } else if (x !== null && y !== null) {
      found.sameKey(x, y);
      [x, y] = [nextA(), nextB()];
    }
  }
}

async function sideBySide(
  a: IterableIterator<Value[]>,
  b: IterableIterator<Value[]>,
  { pairs, key }: RowsRequest,
  found: Found,
  tick: Tick,
): Promise<Rest | null> {
  const nextA = counted(a, found.readA);
  const nextB = counted(b, found.readB);
  const sameAt = (at: readonly number[], x: Value[], y: Value[]): boolean =>
    at.every((i) => pairs[i]?.same(x[i] ?? null, y[i] ?? null));
  const all = pairs.map((_, i) => i);
  for (let before = 0; ; before += 1) {
    const pause = tick();
    if (pause !== undefined) await pause;
    const [x, y] = [nextA(), nextB()];
    if (x === null && y === null) return null;
    if (x === null || y === null) return { a: x, b: y, before };
    // NULL does not identify a row, even in a key.
    const one = key?.enforced === true && key.at.every((i) => x[i] !== null) && sameAt(key.at, x, y);
    if (one) found.sameKey(x, y);
    else if (!sameAt(all, x, y)) return { a: x, b: y, before };
  }
}

function counted(rows: IterableIterator<Value[]>, read: () => void): () => Value[] | null {
  return () => {
    const next = rows.next();
    if (next.done === true) return null;
    read();
    return next.value;
  };
}
