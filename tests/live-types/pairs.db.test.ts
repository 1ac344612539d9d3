/**
 * Values at random into columns of every live type: what PostgreSQL takes and gives back as the same value arrives; of
 * everything else the plan asks, and what is answered stands in the ledger. Never another value without a word.
 * ROWHAUL_PAIRS: how many columns; ROWHAUL_PAIRS_SEED: of the first batch.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { copySettings, type Event, type Hazard, type Plan, run, type Settings } from "../../src/index.ts";
import { freshDatabase } from "../support/database.ts";
import { quick } from "../targets/postgres/into/into-run.ts";
import { type Answer, answersTo } from "./pairs/answers.ts";
import { type Batch, described, liveSchema, makeBatch, type PairColumn } from "./pairs/batch.ts";
import { type Ended, wronglyArrived, wronglyAsked } from "./pairs/judge.ts";
import { type PairType, pairTypes, setup } from "./pairs/kinds.ts";
import { liveTexts, withServer } from "./pairs/server.ts";
import { Tallies } from "./pairs/tallies.ts";
import { verdictsOf } from "./pairs/verdict.ts";

const count = Number(process.env.ROWHAUL_PAIRS ?? 500);
const firstSeed = Number(process.env.ROWHAUL_PAIRS_SEED ?? 1);
const batchSize = 2000;

it("every value arrives as it is, or is asked about", { timeout: 60_000 + count * 200 }, async () => {
  const tallies = new Tallies();
  const wrong: string[] = [];
  for (let done = 0, seed = firstSeed; done < count; done += batchSize, seed++)
    wrong.push(...(await tryBatch(Math.min(batchSize, count - done), seed, tallies)));
  if (count > 500) console.log(tallies.table());
  expect(wrong.slice(0, 60)).toEqual([]);
  expect(tallies.neverArrived()).toEqual([]);
  expect(tallies.valid).toBeGreaterThan(0.5);
});

async function tryBatch(size: number, seed: number, tallies: Tallies): Promise<string[]> {
  const db = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-pairs-"));
  try {
    return await withServer(db.pool, async (client) => {
      await client.query(setup);
      const types: PairType[] = [];
      for (const type of pairTypes) if (await isThere(client, type)) types.push(type);
      const batch = makeBatch(types, size, seed);
      await client.query(liveSchema(batch));
      const verdicts = await verdictsOf(client, batch);
      const settings = quick(copySettings(batch.path, db.url, { existing: "append", folder }));
      const { first, all, answers, id } = await answered(batch, settings, seed);
      const ledger = await stateOf(
        client,
        `SELECT table_name, column_name, key, rule, after FROM rowhaul.ledger WHERE run_id = $1`,
        id,
      );
      const quarantine = await stateOf(
        client,
        `SELECT table_name, NULL AS column_name, key, rule, NULL AS after FROM rowhaul.quarantine WHERE run_id = $1`,
        id,
      );
      const wrong: string[] = [];
      for (const table of batch.tables) {
        const own = batch.columns.filter((column) => column.table === table);
        const live = await liveTexts(
          client,
          table,
          own.map(({ name }) => name),
        );
        for (const column of own) {
          const at = `${table}.${column.name}`;
          const verdict = verdicts.get(column);
          if (verdict === undefined) throw new Error(`no verdict on ${at}`);
          const ended: Ended = {
            column,
            verdict,
            first: first.get(at) ?? [],
            hazards: all.get(at) ?? [],
            answers: answers.get(at) ?? [],
            live: live.get(column.name) ?? new Map(),
            ledger: ledger.get(at) ?? new Map(),
            quarantined: quarantine.get(`${table}.null`) ?? new Map(),
          };
          wrong.push(...wronglyAsked(ended), ...(await wronglyArrived(client, ended)));
          tallies.add(ended);
        }
      }
      return wrong.map((line) => `seed ${seed}: ${line}`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await db.drop();
  }
}

type ByColumn = Map<string, Hazard[]>;

/** Plans until nothing is asked any more, with answers at random, then runs. */
async function answered(
  batch: Batch,
  settings: Settings,
  seed: number,
): Promise<{ first: ByColumn; all: ByColumn; answers: Map<string, Answer[]>; id: string }> {
  const byPlace = new Map<string, PairColumn>(
    batch.columns.map((column) => [`${column.table}.${column.name}`, column]),
  );
  const answers = new Map<string, Answer[]>();
  const all: ByColumn = new Map();
  let first: ByColumn | null = null;
  let drawn = seed;
  const draw = (most: number): number => {
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((drawn / 2 ** 32) * most);
  };
  for (let round = 0; round < 6; round++) {
    const known = {
      ...settings,
      accept: accepted(answers, all),
      interpret: [...answers].flatMap(([at, given]) =>
        given.flatMap((one) => ("as" in one ? [{ at, type: null, as: one.as }] : [])),
      ),
    };
    let plan: Plan | null = null;
    const findings: string[] = [];
    const onEvent = (event: Event): void => {
      if (event.type !== "finding" || event.finding.level !== "difference") return;
      const { table, column, key, message } = event.finding;
      const at = `${table}.${column}`;
      const found = byPlace.get(at);
      findings.push(
        `${found === undefined ? at : described(found)}, ${key}: ${message} ${JSON.stringify(answers.get(at) ?? [])}`,
      );
    };
    let stopped: unknown;
    try {
      const { run: id } = await run(known, { fresh: true, onPlan: (made) => (plan = made), onEvent });
      return { first: first ?? new Map(), all, answers, id: id ?? "" };
    } catch (thrown) {
      if (!(thrown instanceof RowhaulError) || thrown.code !== "HAZARDS_NOT_ACCEPTED")
        throw failureOf(thrown, findings);
      stopped = thrown;
    }
    const open = ((plan as Plan | null)?.hazards ?? []).filter((hazard) => hazard.accepted === null);
    if (open.length === 0) throw failureOf(stopped, []);
    const found: ByColumn = new Map();
    for (const hazard of open) {
      found.set(hazard.at, [...(found.get(hazard.at) ?? []), hazard]);
      const column = byPlace.get(hazard.at);
      if (column === undefined) throw new Error(`${hazard.code} at ${hazard.at}: ${hazard.message}`);
      const choices = answersTo(hazard, column.type, column.lone);
      const choice = round > 2 ? { policy: "null" } : choices[draw(choices.length)];
      if (choice === undefined) throw new Error(`nothing answers ${hazard.code} at ${hazard.at}`);
      answers.set(hazard.at, [...(answers.get(hazard.at) ?? []), choice]);
      all.set(hazard.at, [...(all.get(hazard.at) ?? []), hazard]);
    }
    first ??= found;
  }
  throw new Error("the questions do not end");
}

/** Answers stand in the order of the questions. */
function accepted(answers: ReadonlyMap<string, readonly Answer[]>, asked: ByColumn): Settings["accept"] {
  return [...asked].flatMap(([at, hazards]) =>
    hazards.flatMap(({ code }, i) => {
      const answer = answers.get(at)?.[i];
      return answer !== undefined && "policy" in answer ? [{ code, at, policy: answer.policy, why: null }] : [];
    }),
  );
}

function failureOf(thrown: unknown, findings: readonly string[]): unknown {
  if (!(thrown instanceof RowhaulError)) return thrown;
  const cause = thrown.cause instanceof RowhaulError ? [thrown.cause.message, ...thrown.cause.details] : [];
  return new Error(
    [
      `${thrown.code}: ${thrown.message}`,
      ...(findings.length > 0 ? findings : thrown.details),
      JSON.stringify(thrown.place),
      ...cause,
    ].join("\n"),
    { cause: thrown },
  );
}

type Client = Parameters<Parameters<typeof withServer>[1]>[0];

async function isThere(client: Client, { name }: PairType): Promise<boolean> {
  if (name === "citext") {
    const { rows } = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'");
    if (rows.length > 0) await client.query("CREATE EXTENSION IF NOT EXISTS citext");
    return rows.length > 0;
  }
  // A server may be built without XML.
  if (name === "xml")
    return client.query("SELECT '<a/>'::xml").then(
      () => true,
      () => false,
    );
  return true;
}

async function stateOf(
  client: Client,
  sql: string,
  run: string,
): Promise<Map<string, Map<number, { rule: string; after: string | null }>>> {
  const found = new Map<string, Map<number, { rule: string; after: string | null }>>();
  const { rows } = await client.query<{
    table_name: string;
    column_name: string | null;
    key: string;
    rule: string;
    after: string | null;
  }>(sql, [run]);
  for (const { table_name, column_name, key, rule, after } of rows) {
    const at = `${table_name}.${column_name}`;
    const own = found.get(at) ?? new Map<number, { rule: string; after: string | null }>();
    own.set(Number(key.replace("id=", "")), { rule, after });
    found.set(at, own);
  }
  return found;
}
