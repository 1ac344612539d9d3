/**
 * Rows in no common order: digests of key and row into a scratch file, those of
 * one side against those of the other. What is left over differs, and only then
 * both sides are read again, for the rows themselves.
 */
import { hash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import type { Value } from "../core/transform.ts";
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
  const digests = rowDigests(request);
  const scratch = openScratch(request.scratchFolder);
  try {
    for (const row of following(rest.a, readers.a, found.readA)) {
      scratch.add(...digests.a(row), 1);
      await tick();
    }
    for (const row of following(rest.b, readers.b, found.readB)) {
      scratch.add(...digests.b(row), -1);
      await tick();
    }
    scratch.settle();
    await nameLeftOvers(request, rest.before, digests, scratch, found, tick);
  } finally {
    scratch.close();
  }
}

type Digests = { readonly key: Buffer; readonly row: Buffer };
type DigestRow = (row: readonly Value[]) => [key: Buffer, row: Buffer];

function rowDigests({ pairs, key }: RowsRequest): { readonly a: DigestRow; readonly b: DigestRow } {
  const of = (tokens: readonly Token[]): DigestRow => {
    return (row) => {
      const texts = tokens.map((token, i) => token(row[i] ?? null));
      const whole = digest(texts);
      return [key === null ? whole : digest(key.at.map((i) => texts[i] ?? "")), whole];
    };
  };
  return { a: of(pairs.map((pair) => pair.tokenA)), b: of(pairs.map((pair) => pair.tokenB)) };
}

/** Half of a SHA-256: rows that differ never share it. */
function digest(tokens: readonly string[]): Buffer {
  let framed = "";
  for (const token of tokens) framed += `${token.length}:${token}`;
  return hash("sha256", framed, "buffer").subarray(0, 16);
}

function* following(first: Value[] | null, rows: Rows, read: () => void): Generator<Value[]> {
  if (first === null) return;
  yield first;
  for (const row of rows) {
    read();
    yield row;
  }
}

async function nameLeftOvers(
  request: RowsRequest,
  before: number,
  digests: ReturnType<typeof rowDigests>,
  scratch: Scratch,
  found: Found,
  tick: Tick,
): Promise<void> {
  const totals = scratch.totals();
  let missing = totals.missing;
  let extra = totals.extra;
  if (missing + totals.changed > 0) {
    for (const row of skipping(before, sideRows(request.a))) {
      if (totals.changed === 0 && (missing === 0 || !found.names("missing"))) break;
      await tick();
      const left = leftOver(digests.a(row), 1, scratch);
      if (left?.changed === true) scratch.hold(left.key, serialize(row));
      else if (left !== null && found.names("missing")) {
        found.missing(row);
        missing -= 1;
      }
    }
  }
  let changed = totals.changed;
  if (extra + changed > 0) {
    for (const row of skipping(before, sideRows(request.b))) {
      if (changed === 0 && (extra === 0 || !found.names("extra"))) break;
      await tick();
      const left = leftOver(digests.b(row), -1, scratch);
      if (left?.changed === true) {
        found.sameKey(deserialize(scratch.held(left.key)) as Value[], row);
        changed -= 1;
      } else if (left !== null && found.names("extra")) {
        found.extra(row);
        extra -= 1;
      }
    }
  }
  found.missingToo(missing);
  found.extraToo(extra);
}

function* skipping(count: number, rows: Rows): Generator<Value[]> {
  let skipped = 0;
  for (const row of rows) {
    if (skipped < count) skipped += 1;
    else yield row;
  }
}

/** Takes one of the rows left over, so that of equal rows only as many are named as are left. */
function leftOver(
  [key, row]: [Buffer, Buffer],
  sign: 1 | -1,
  scratch: Scratch,
): (Digests & { changed: boolean }) | null {
  const kind = scratch.kindOf(key);
  if (kind === null || !scratch.take(key, row, sign)) return null;
  return { key, row, changed: kind === "changed" };
}
