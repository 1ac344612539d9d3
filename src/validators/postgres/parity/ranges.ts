/**
 * Tables with an integer key: compared chunk by chunk in key order. The source
 * sets the chunks' bounds as it is read; PostgreSQL digests the same ranges
 * meanwhile, several to a statement. The first and last range are open, so
 * that target rows outside the source's keys are seen too; where the table holds
 * others besides, no range goes beyond the source's keys.
 */
import { setImmediate } from "node:timers/promises";
import { type Canonical, digestHex, digestOf, targetDigest } from "../../digest.ts";
import { quoteName } from "../../quote.ts";
import { type Comparison, fetched } from "./comparison.ts";
import { explainPairs, explainUnpaired } from "./explain.ts";
import { placeSql } from "./locator.ts";
import { theirPlace, theirVersions, type Versions } from "./scope.ts";
import { integerKeys } from "./wanted.ts";

/** Inclusive bounds. */
type Range = { readonly low: bigint; readonly high: bigint; readonly rows: number; readonly digest: string };

const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/** Wanted bytes of a chunk's text, the bound on what a chunk may ever take, and rows at most. */
const wantedBytes = 512 * 1024;
const boundBytes = 64 * 1024 * 1024;
const mostRows = 20_000;
const chunksPerStatement = 16;

/** A name that no application table has, so that it shadows none. */
const bounds = '"rowhaul bounds"';

export async function compareByRange(comparison: Comparison): Promise<void> {
  await findRowsWithoutKey(comparison);
  let asked: Promise<Range[]> = Promise.resolve([]);
  // A failure of the statement under way is seen when it is awaited, not before.
  const ask = (batch: readonly Range[]): Promise<Range[]> => {
    const answer = differing(comparison, batch);
    answer.catch(() => {});
    return answer;
  };
  let batch: Range[] = [];
  for await (const range of sourceRanges(comparison)) {
    batch.push(range);
    if (batch.length < chunksPerStatement) continue;
    await explainRanges(comparison, await asked);
    asked = ask(batch);
    batch = [];
  }
  await explainRanges(comparison, await asked);
  await explainRanges(comparison, await differing(comparison, batch));
  if (comparison.scope === "written") await findOutside(comparison);
}

async function* sourceRanges(comparison: Comparison): AsyncGenerator<Range> {
  const key = quoteName(comparison.table.key.columns[0] ?? "");
  const chunk = comparison.source
    .prepare<[bigint, number], [Canonical | null, bigint, bigint | null, bigint | null]>(
      `SELECT ${fetched(comparison, `group_concat("rowhaul row", '')`)}, count(*), min("rowhaul key"), max("rowhaul key") FROM (SELECT ${comparison.sourceRow} AS "rowhaul row", ${key} AS "rowhaul key" ${comparison.from} AND ${key} >= ? ORDER BY ${key} LIMIT ?)`,
    )
    .raw();
  const most = Math.max(1, Math.min(mostRows, Math.floor(boundBytes / Math.max(1, comparison.longestRow))));
  let limit = Math.min(most, 500);
  let low = lowest;
  for (;;) {
    await setImmediate();
    comparison.signal.throwIfAborted();
    const [text, count, first, last] = chunk.get(low, limit) ?? [null, 0n, null, null];
    const rows = Number(count);
    const ended = rows < limit || last === null || last === highest;
    const digest = digestHex(text ?? "");
    if (comparison.scope === "all") yield { low, high: ended ? highest : last, rows, digest };
    else if (first !== null && last !== null)
      yield { low: comparison.scope === "among" || low === lowest ? first : low, high: last, rows, digest };
    comparison.advance(rows);
    if (ended) return;
    low = last + 1n;
    const each = Math.max(1, (text?.length ?? 0) / rows);
    limit = Math.max(1, Math.min(most, limit * 8, Math.ceil(wantedBytes / each)));
  }
}

async function differing(comparison: Comparison, ranges: readonly Range[]): Promise<Range[]> {
  if (comparison.scope !== "among") return differingBetween(comparison, ranges);
  const close = ranges.filter(({ low, high, rows }) => high - low < 2n * BigInt(rows));
  const differ = new Set(await differingBetween(comparison, close));
  const found: Range[] = [];
  for (const range of ranges)
    if ((!close.includes(range) || differ.has(range)) && (await differsByKeys(comparison, range))) found.push(range);
  return found;
}

/** Of the rows in the range only those with a key of the source's. */
async function differsByKeys(comparison: Comparison, range: Range): Promise<boolean> {
  const { target, into, targetRow } = comparison;
  const { condition, keys, k } = byKeys(comparison, range);
  const [row] = await target.query(
    `SELECT count(*), encode(${targetDigest("coalesce(string_agg(x.row,''),'')")},'hex') FROM (SELECT ${targetRow} AS row FROM ${into} WHERE ${condition} ORDER BY ${k}) x`,
    [keys],
  );
  return Number(row?.[0]) !== range.rows || row?.[1] !== range.digest;
}

function byKeys(comparison: Comparison, { low, high }: Range): { condition: string; keys: string[]; k: string } {
  const k = quoteName(comparison.key[0]?.plan.target ?? "");
  return { condition: `${k} = ANY($1::bigint[])`, keys: [...integerKeys(comparison, low, high)].map(String), k };
}

/** Rows of the target that have a key of the source's: how many, and which versions. */
export async function overlapByKey(comparison: Comparison): Promise<Versions> {
  const { target, into } = comparison;
  const k = quoteName(comparison.key[0]?.plan.target ?? "");
  const found = { rows: 0n, versions: 0n };
  let keys: string[] = [];
  const ask = async (): Promise<void> => {
    const sql = `SELECT count(*), ${theirVersions} FROM ${into} WHERE ${k} = ANY($1::bigint[])`;
    const [row] = await target.query(sql, [keys]);
    found.rows += BigInt(row?.[0] ?? 0);
    found.versions += BigInt(row?.[1] ?? 0);
    keys = [];
  };
  await target.query("SET LOCAL enable_seqscan = off");
  for (const key of integerKeys(comparison, lowest, highest)) {
    keys.push(String(key));
    if (keys.length >= mostRows) await ask();
  }
  await ask();
  await target.query("SET LOCAL enable_seqscan = on");
  return found;
}

async function differingBetween(
  { target, key, into, targetRow }: Comparison,
  ranges: readonly Range[],
): Promise<Range[]> {
  if (ranges.length === 0) return [];
  const k = quoteName(key[0]?.plan.target ?? "");
  // Without statistics PostgreSQL may prefer to read the whole table once per range.
  await target.query("SET LOCAL enable_seqscan = off");
  const rows = await target.query(
    `SELECT ${bounds}.place, c.rows, c.digest FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY ${bounds}(low, high, place) CROSS JOIN LATERAL (SELECT count(*) AS rows, encode(${targetDigest("coalesce(string_agg(x.row,''),'')")},'hex') AS digest FROM (SELECT ${targetRow} AS row FROM ${into} WHERE ${k} BETWEEN ${bounds}.low AND ${bounds}.high ORDER BY ${k}) x) c`,
    [ranges.map((range) => range.low), ranges.map((range) => range.high)],
  );
  await target.query("SET LOCAL enable_seqscan = on");
  const answers = new Map(rows.map(([place, count, digest]) => [Number(place), { count: Number(count), digest }]));
  return ranges.filter((range, i) => {
    const answer = answers.get(i + 1);
    return answer?.count !== range.rows || answer.digest !== range.digest;
  });
}

async function explainRanges(comparison: Comparison, ranges: readonly Range[]): Promise<void> {
  for (const range of ranges) {
    comparison.signal.throwIfAborted();
    readOurs(comparison, range);
    await readTheirs(comparison, range);
    comparison.scratch.settle(0, 0);
    await explainPairs(comparison);
    // An integer key is never changed by a rule, so what is unpaired here is unpaired everywhere.
    await explainUnpaired(comparison);
  }
}

function readOurs(comparison: Comparison, range: Range): void {
  const key = quoteName(comparison.table.key.columns[0] ?? "");
  const rows = comparison.source
    .prepare<[bigint, bigint], [bigint, Canonical, string]>(
      `SELECT ${key}, ${fetched(comparison, comparison.sourceRow)}, ${placeSql(comparison.place)} ${comparison.from} AND ${key} BETWEEN ? AND ?`,
    )
    .raw()
    .iterate(range.low, range.high);
  comparison.scratch.addOurs(rows, ([k, text, place]) => ({ group: 0, key: k, digest: digestOf(text), place }));
}

async function readTheirs(comparison: Comparison, range: Range): Promise<void> {
  const { target } = comparison;
  await target.query("SET LOCAL enable_seqscan = off");
  if (comparison.scope === "among") {
    const { condition, keys } = byKeys(comparison, range);
    await readWhere(comparison, condition, [keys]);
  } else {
    const k = quoteName(comparison.key[0]?.plan.target ?? "");
    await readWhere(comparison, `${k} BETWEEN ${range.low} AND ${range.high}`, []);
  }
  await target.query("SET LOCAL enable_seqscan = on");
}

/** Rows that the switch wrote under keys that the source does not come near: one scan, in which hardly a row is digested. */
async function findOutside(comparison: Comparison): Promise<void> {
  const { source, table, from } = comparison;
  const key = quoteName(table.key.columns[0] ?? "");
  const [low, high] = source
    .prepare<[], [bigint | null, bigint | null]>(`SELECT min(${key}), max(${key}) ${from}`)
    .raw()
    .get() ?? [null, null];
  const k = quoteName(comparison.key[0]?.plan.target ?? "");
  await readWhere(comparison, low === null || high === null ? "true" : `(${k} < ${low} OR ${k} > ${high})`, []);
  comparison.scratch.settle(0, 0);
  await explainUnpaired(comparison);
}

async function readWhere(
  { target, key, into, targetRow, scratch }: Comparison,
  condition: string,
  values: readonly unknown[],
): Promise<void> {
  const k = quoteName(key[0]?.plan.target ?? "");
  const sql = `SELECT ${k}::text, encode(${targetDigest(targetRow)},'hex'), ${theirPlace} FROM ${into} WHERE ${condition}`;
  for await (const rows of target.pages(sql, values, 5000)) {
    scratch.addTheirs(rows, ([k, digest, place]) => ({
      group: 0,
      key: BigInt(k ?? 0),
      digest: Buffer.from(digest ?? "", "hex"),
      place: place ?? "",
    }));
  }
}

/** A NULL key lies in no range. */
async function findRowsWithoutKey({ target, key, into, extras, table, scope }: Comparison): Promise<void> {
  if (scope === "among") return;
  const k = quoteName(key[0]?.plan.target ?? "");
  const [row] = await target.query(`SELECT count(*) FROM ${into} WHERE ${k} IS NULL`);
  for (let i = 0; i < Number(row?.[0] ?? 0); i++) {
    await extras.difference(() => ({
      table: table.source,
      column: table.key.columns[0] ?? null,
      target: "NULL",
      message: "A target row has no key, so no source row can have become it.",
    }));
  }
}
