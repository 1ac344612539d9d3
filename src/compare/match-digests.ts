/**
 * Rows in no common order. First sums of their digests, which is all it takes
 * where both sides hold the same. Where not, the rows of those buckets that
 * differ go by digest into a scratch file, one side's against the other's; what
 * is left over differs, and is read once more for the rows themselves.
 */
import { hash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import type { Value } from "../core/plan/transform.ts";
import { type Buckets, bucketOf, emptyBuckets } from "./buckets.ts";
import type { Found } from "./found.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import { type Rest, type RowsRequest, sideRows, type Tick } from "./side-rows.ts";
import type { Token } from "./tokens.ts";

type Rows = IterableIterator<Value[]>;

/** `rest`: the rows already taken from the two readers. */
export async function matchDigests(
  request: RowsRequest,
  rest: Rest,
  readers: { readonly a: Rows; readonly b: Rows },
  found: Found,
  tick: Tick,
): Promise<void> {
  const buckets = emptyBuckets();
  const a = rowDigests(
    request,
    request.pairs.map((pair) => pair.tokenA),
  );
  const b = rowDigests(
    request,
    request.pairs.map((pair) => pair.tokenB),
  );
  await eachRow(following(rest.a, readers.a, found.readA), tick, (row) => {
    buckets.add(a.bucket(row), a.whole(row), 1);
  });
  await eachRow(following(rest.b, readers.b, found.readB), tick, (row) => {
    buckets.add(b.bucket(row), b.whole(row), -1);
  });
  if (!buckets.anyOdd()) return;
  const rowsA = (): Rows => odd(skipping(rest.before, sideRows(request.a)), a, buckets);
  const rowsB = (): Rows => odd(skipping(rest.before, sideRows(request.b)), b, buckets);
  const scratch = openScratch(request.scratchFolder);
  try {
    await eachRow(rowsA(), tick, (row) => scratch.add(a.key(row), a.whole(row), 1));
    await eachRow(rowsB(), tick, (row) => scratch.add(b.key(row), b.whole(row), -1));
    scratch.settle();
    await nameLeftOvers({ rowsA, rowsB, a, b }, scratch, found, tick);
  } finally {
    scratch.close();
  }
}

type RowDigests = {
  bucket(row: readonly Value[]): number;
  key(row: readonly Value[]): Buffer;
  whole(row: readonly Value[]): Buffer;
};

/** Of a table without a key the row is its own key. */
function rowDigests({ key }: RowsRequest, tokens: readonly Token[]): RowDigests {
  const all = tokens.map((_, i) => i);
  const texts = (row: readonly Value[], at: readonly number[]): string[] =>
    at.map((i) => tokens[i]?.(row[i] ?? null) ?? "");
  return {
    bucket: (row) => bucketOf(texts(row, key?.at ?? all)),
    key: (row) => digest(texts(row, key?.at ?? all)),
    whole: (row) => digest(texts(row, all)),
  };
}

/** Half of a SHA-256: rows that differ never share it. */
function digest(tokens: readonly string[]): Buffer {
  let framed = "";
  for (const token of tokens) framed += `${token.length}:${token}`;
  return hash("sha256", framed, "buffer").subarray(0, 16);
}

/** Until `work` returns false. */
async function eachRow(rows: Rows, tick: Tick, work: (row: Value[]) => unknown): Promise<void> {
  for (const row of rows) {
    const pause = tick();
    if (pause !== undefined) await pause;
    if (work(row) === false) return;
  }
}

function* following(first: Value[] | null, rows: Rows, read: () => void): Rows {
  if (first === null) return;
  yield first;
  for (const row of rows) {
    read();
    yield row;
  }
}

function* skipping(count: number, rows: Rows): Rows {
  let skipped = 0;
  for (const row of rows) {
    if (skipped < count) skipped += 1;
    else yield row;
  }
}

function* odd(rows: Rows, digests: RowDigests, buckets: Buckets): Rows {
  for (const row of rows) if (buckets.odd(digests.bucket(row))) yield row;
}

async function nameLeftOvers(
  sides: { readonly rowsA: () => Rows; readonly rowsB: () => Rows; readonly a: RowDigests; readonly b: RowDigests },
  scratch: Scratch,
  found: Found,
  tick: Tick,
): Promise<void> {
  let { missing, extra, changed } = scratch.totals();
  let held = 0;
  if (missing + changed > 0)
    await eachRow(sides.rowsA(), tick, (row) => {
      const key = sides.a.key(row);
      const kind = takeLeftOver(key, sides.a.whole(row), 1, scratch);
      if (kind === "changed") {
        scratch.hold(key, serialize(row));
        held += 1;
      } else if (kind === "apart" && found.names("missing")) {
        found.missing(row);
        missing -= 1;
      }
      return held < changed || (missing > 0 && found.names("missing"));
    });
  if (extra + changed > 0)
    await eachRow(sides.rowsB(), tick, (row) => {
      const key = sides.b.key(row);
      const kind = takeLeftOver(key, sides.b.whole(row), -1, scratch);
      if (kind === "changed") {
        found.sameKey(deserialize(scratch.held(key)) as Value[], row);
        changed -= 1;
      } else if (kind === "apart" && found.names("extra")) {
        found.extra(row);
        extra -= 1;
      }
      return changed > 0 || (extra > 0 && found.names("extra"));
    });
  found.missingToo(missing);
  found.extraToo(extra);
}

/** One at a time, so that of equal rows only as many are named as are left over; null when this row is not. */
function takeLeftOver(key: Buffer, row: Buffer, sign: 1 | -1, scratch: Scratch): "changed" | "apart" | null {
  const kind = scratch.kindOf(key);
  return kind !== null && scratch.take(key, row, sign) ? kind : null;
}
