/**
 * Tables without an integer key: text has no order that both engines share, so
 * rows are put into buckets by their key's digest (without a key, by the row's),
 * and each bucket is compared by count and by the sums of its rows' digests.
 * Sums, not XORs: a doubled row must show. Differing buckets are read again, row
 * by row, into the scratch database.
 */
import { setImmediate } from "node:timers/promises";
import { type Canonical, digestOf, targetDigest } from "../../digest.ts";
import { type Comparison, fetched, keyTexts } from "./comparison.ts";
import { explainPairs, explainUnpaired } from "./explain.ts";
import { placeSql } from "./locator.ts";
import { theirPlace, theirVersions, type Versions } from "./scope.ts";
import { openWanted, type Wanted } from "./wanted.ts";

/** Rows aimed at in a bucket, and how many rows are read before others get a turn. */
const rowsPerBucket = 512;
const rowsPerTurn = 2000;
const rowsPerSettling = 50_000;

export async function compareByBucket(comparison: Comparison): Promise<void> {
  const bits = bucketBits(comparison.table.rows);
  const wanted = comparison.scope === "among" ? openWanted(comparison.scratch.db) : null;
  // By the source's keys only when those are known.
  const theirs = wanted === null ? theirBuckets(comparison, bits, null) : null;
  theirs?.catch(() => {});
  const ours = await ourBuckets(comparison, bits, wanted);
  const differing = differingBuckets(ours, await (theirs ?? theirBuckets(comparison, bits, wanted)));
  if (differing.size > 0) {
    await readOurs(comparison, bits, differing);
    await readTheirs(comparison, bits, differing, wanted);
    for (const [first, last] of groupsOf(ours, [...differing])) {
      comparison.signal.throwIfAborted();
      comparison.scratch.settle(first, last);
      await explainPairs(comparison);
    }
  }
  // A key changed by a rule lies in another bucket, so the unpaired of all buckets come last.
  await explainUnpaired(comparison);
}

/** Rows of the target that have a key of the source's: how many, and which versions. */
export async function overlapByDigest(comparison: Comparison): Promise<Versions> {
  const wanted = openWanted(comparison.scratch.db);
  await ourBuckets(comparison, 0, wanted);
  const found = { rows: 0n, versions: 0n };
  const keys = `SELECT ${targetDigest(keyTexts(comparison).target)} AS k, tableoid, ctid, xmin FROM ${comparison.into} OFFSET 0`;
  for (const { condition, values } of portions(wanted, null)) {
    const [row] = await comparison.target.query(
      `SELECT count(*), ${theirVersions} FROM (${keys}) x WHERE ${condition}`,
      values,
    );
    found.rows += BigInt(row?.[0] ?? 0);
    found.versions += BigInt(row?.[1] ?? 0);
  }
  return found;
}

type Buckets = { readonly count: Float64Array; readonly high: BigInt64Array; readonly low: BigInt64Array };

function bucketBits(rows: number): number {
  return Math.max(0, Math.min(16, Math.ceil(Math.log2(Math.max(1, rows) / rowsPerBucket))));
}

function emptyBuckets(bits: number): Buckets {
  const size = 2 ** bits;
  return { count: new Float64Array(size), high: new BigInt64Array(size), low: new BigInt64Array(size) };
}

function bucketOf(digest: Buffer, bits: number): number {
  return digest.readUInt16BE(0) >> (16 - bits);
}

async function ourBuckets(comparison: Comparison, bits: number, wanted: Wanted | null): Promise<Buckets> {
  const buckets = emptyBuckets(bits);
  await forEachSourceRow(comparison, "", (key, row) => {
    const bucket = bucketOf(key, bits);
    wanted?.add(key, bucket);
    // Typed arrays wrap at 64 bits; so does what the target's sums are cut to.
    buckets.count[bucket] = (buckets.count[bucket] ?? 0) + 1;
    buckets.high[bucket] = (buckets.high[bucket] ?? 0n) + row.readBigInt64BE(0);
    buckets.low[bucket] = (buckets.low[bucket] ?? 0n) + row.readBigInt64BE(8);
  });
  return buckets;
}

async function theirBuckets(comparison: Comparison, bits: number, wanted: Wanted | null): Promise<Buckets> {
  const buckets = emptyBuckets(bits);
  const half = (from: number) => `sum(('x'||encode(substr(d,${from},8),'hex'))::bit(64)::bigint)`;
  for (const { condition, values } of portions(wanted, null)) {
    const rows = await comparison.target.query(
      `SELECT ${targetBucket("k", bits)}, count(*), ${half(1)}, ${half(9)} FROM (${targetDigests(comparison)}) x WHERE ${condition} GROUP BY 1`,
      values,
    );
    for (const [group, count, high, low] of rows) {
      const bucket = Number(group);
      buckets.count[bucket] = (buckets.count[bucket] ?? 0) + Number(count);
      buckets.high[bucket] = (buckets.high[bucket] ?? 0n) + BigInt(high ?? 0);
      buckets.low[bucket] = (buckets.low[bucket] ?? 0n) + BigInt(low ?? 0);
    }
  }
  return buckets;
}

/** Conditions on a row's key `k` that together let each wanted row through once. */
function* portions(
  wanted: Wanted | null,
  groups: ReadonlySet<number> | null,
): Generator<{ condition: string; values: unknown[] }> {
  if (wanted === null) yield { condition: "true", values: [] };
  else
    for (const keys of wanted.portions(groups))
      yield { condition: "k IN (SELECT w FROM unnest($1::bytea[]) AS w)", values: [keys] };
}

function targetBucket(key: string, bits: number): string {
  return `((get_byte(${key},0) << 8 | get_byte(${key},1)) >> ${16 - bits})`;
}

/** OFFSET 0 keeps PostgreSQL from computing a digest once per use. */
function targetDigests(comparison: Comparison): string {
  const row = targetDigest(comparison.targetRow);
  const key = comparison.key.length > 0 ? targetDigest(keyTexts(comparison).target) : row;
  return `SELECT ${key} AS k, ${row} AS d, ${theirPlace} AS place FROM ${comparison.into} OFFSET 0`;
}

function differingBuckets(ours: Buckets, theirs: Buckets): Set<number> {
  const differing = new Set<number>();
  for (let i = 0; i < ours.count.length; i++) {
    const same = ours.count[i] === theirs.count[i] && ours.high[i] === theirs.high[i] && ours.low[i] === theirs.low[i];
    if (!same) differing.add(i);
  }
  return differing;
}

async function readOurs(comparison: Comparison, bits: number, wanted: ReadonlySet<number>): Promise<void> {
  const rows: { group: number; key: Buffer; digest: Buffer; place: string }[] = [];
  const flush = () => comparison.scratch.addOurs(rows.splice(0), (row) => row);
  await forEachSourceRow(comparison, `, ${placeSql(comparison.place)}`, (key, digest, place) => {
    const group = bucketOf(key, bits);
    if (!wanted.has(group)) return;
    rows.push({ group, key, digest, place });
    if (rows.length >= rowsPerTurn) flush();
  });
  flush();
}

async function readTheirs(
  comparison: Comparison,
  bits: number,
  groups: ReadonlySet<number>,
  wanted: Wanted | null,
): Promise<void> {
  const bucket = targetBucket("k", bits);
  for (const { condition, values } of portions(wanted, groups)) {
    const sql = `SELECT ${bucket}, encode(k,'hex'), encode(d,'hex'), place FROM (${targetDigests(comparison)}) x WHERE ${condition} AND ${bucket} = ANY($${values.length + 1}::int[])`;
    for await (const rows of comparison.target.pages(sql, [...values, [...groups]], rowsPerTurn)) {
      comparison.scratch.addTheirs(rows, ([group, key, digest, place]) => ({
        group: Number(group),
        key: Buffer.from(key ?? "", "hex"),
        digest: Buffer.from(digest ?? "", "hex"),
        place: place ?? "",
      }));
    }
  }
}

async function forEachSourceRow(
  comparison: Comparison,
  more: string,
  visit: (key: Buffer, row: Buffer, place: string) => void,
): Promise<void> {
  const keyed = comparison.key.length > 0;
  const key = keyed ? fetched(comparison, keyTexts(comparison).source) : "NULL";
  const rows = comparison.source
    .prepare<[], [Canonical, Canonical, string]>(
      `SELECT ${key}, ${fetched(comparison, comparison.sourceRow)}${more} ${comparison.from}`,
    )
    .raw()
    .iterate();
  let turn = 0;
  for (const [keyText, rowText, place] of rows) {
    const row = digestOf(rowText);
    visit(keyed ? digestOf(keyText) : row, row, place);
    turn += 1;
    if (turn < rowsPerTurn) continue;
    if (more === "") comparison.advance(turn);
    turn = 0;
    await setImmediate();
    comparison.signal.throwIfAborted();
  }
  if (more === "") comparison.advance(turn);
}

/** Runs of differing buckets that hold about as many rows as are settled at once. */
function* groupsOf(ours: Buckets, differing: readonly number[]): Generator<[number, number]> {
  let first = differing[0] ?? 0;
  let rows = 0;
  for (const [i, bucket] of differing.entries()) {
    rows += ours.count[bucket] ?? 0;
    const next = differing[i + 1];
    if (rows < rowsPerSettling && next !== undefined) continue;
    yield [first, bucket];
    first = next ?? bucket;
    rows = 0;
  }
}
