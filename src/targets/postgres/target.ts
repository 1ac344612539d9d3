/** A PostgreSQL server as the phases' target. */
import { RowhaulError } from "../../core/messages/errors.ts";
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Held, Loader, Occupied, RunStore, Target } from "../../core/ports.ts";
import type { TargetSettings } from "../../core/settings.ts";
import { targetError } from "../../postgres/errors.ts";
import { inTransaction, openPools, type Pool } from "../../postgres/transaction.ts";
import { parseTarget } from "../../postgres/url.ts";
import { checkTarget, readTargetFacts } from "./facts.ts";
import { answering } from "./into/asking/answering.ts";
import { checkInto } from "./into/check.ts";
import { namingHeld } from "./into/held-tables.ts";
import { readLiveSchema } from "./into/live-schema.ts";
import type { IntoMode } from "./into/mode.ts";
import { loadUnit } from "./load/load-unit.ts";
import { createStaging, finishStep } from "./load/staging.ts";
import { probe } from "./probe.ts";
import { cleanRun } from "./state/clean.ts";
import { acquireLease, checkLease, keepLease, type Lease, releaseLease } from "./state/lease.ts";
import { readCheckpoints, readLedger, readRun, setStatus } from "./state/state.ts";
import { sweepStaging } from "./state/sweep.ts";
import { ensureState } from "./state/upgrade.ts";
import { checkMovable, checkRowSecurity, findOccupants } from "./switch/occupants.ts";
import { plannedNames } from "./switch/planned-names.ts";
import { provenPlace } from "./switch/proven.ts";
import { changedSince, prepareSwitch, switchBack } from "./switch/switch.ts";

/** `pool` is for the validators, which read by statements of their own. `after` runs when the target is closed. */
export function postgresTarget(
  settings: TargetSettings,
  url: string,
  after: () => Promise<void> = async () => {},
): { target: Target; pool: Pool } {
  const address = parseTarget(url);
  const { work: pool, beat } = openPools(address);
  const { schema, state } = settings;
  const password = address.config.password;
  const target: Target = {
    shown: address.shown,
    values: {
      "target.url": url,
      "target.host": address.host,
      "target.port": String(address.port),
      "target.database": address.database,
      "target.user": address.user,
      "target.password": typeof password === "string" ? password : "",
      "target.schema": schema,
    },
    secrets: [...spellings(url, password), ...spellings(url, new URL(url).searchParams.get("sslpassword"))],
    facts: () => readTargetFacts(pool, schema, address.shown),
    check: (facts) => checkTarget(facts, schema, intoMode(settings.existing) === null),
    proven: (run, plan, switched) =>
      asking("looking for the run's tables", () => provenPlace(pool, state, run, plan, switched)),
    checkOccupied: (plan) =>
      asking(`looking at schema ${schema}`, () => checkOccupied(pool, settings, address.shown, plan)),
    checkNames: async (names) =>
      intoMode(settings.existing) !== null
        ? null
        : asking(`looking at schema ${schema}`, () => checkNames(pool, settings, address.shown, names)),
    live: async () => {
      if (intoMode(settings.existing) === null) return null;
      const looking = `looking at the tables of schema ${schema}`;
      const read = inTransaction(pool, looking, (client) => readLiveSchema(client, schema), "BEGIN READ ONLY");
      return read.catch(async (thrown) => {
        throw await namingHeld(pool, schema, thrown);
      });
    },
    liveFile: async () => null,
    fitFile: async () => new Map(),
    answering: (names, work) => answering(pool, schema, names, work),
    probe: (script) => probe(pool, script),
    runs: runStore(pool, beat, state, schema),
    loader: loader(pool, state, intoMode(settings.existing)),
    async close() {
      await Promise.all([pool.end(), beat.end()]);
      await after();
    },
  };
  return { target, pool };
}

async function checkOccupied(pool: Pool, settings: TargetSettings, shown: string, plan: Plan): Promise<Occupied> {
  const into = intoMode(settings.existing);
  if (into !== null) {
    return { aside: [], notes: await checkInto(pool, plan, into) };
  }
  return { aside: await checkNames(pool, settings, shown, plannedNames(plan)), notes: [] };
}

/** What stands under these names and would be kept aside. */
async function checkNames(
  pool: Pool,
  settings: TargetSettings,
  shown: string,
  wanted: readonly string[],
): Promise<string[]> {
  const { schema } = settings;
  const occupants = await findOccupants(pool, schema, wanted);
  const names = occupants.map((occupant) => occupant.name);
  if (occupants.length === 0) return [];
  if (settings.existing === "refuse") {
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    throw new RowhaulError(
      "TARGET_OCCUPIED",
      `Schema ${schema} of ${shown} already holds ${names.slice(0, 5).join(", ")}${more}.`,
    );
  }
  await checkMovable(pool, schema, occupants);
  if (settings.rowSecurity === null) await checkRowSecurity(pool, schema, names);
  return names;
}

/** Questions outside a transaction fail with an error of ours too. */
async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw targetError(thrown, doing);
  }
}

/** A password as it may turn up in what a program prints: as it is, and as URLs write it. */
function spellings(url: string, password: unknown): string[] {
  if (typeof password !== "string" || password === "") return [];
  const written = /^[a-z]+:\/\/[^/?#]*?:([^/?#]*)@/i.exec(url)?.[1] ?? "";
  const all = [password, encodeURIComponent(password), written, JSON.stringify(password).slice(1, -1)];
  return [...new Set(all)].filter((one) => one !== "");
}

function runStore(pool: Pool, beat: Pool, state: string, schema: string): RunStore {
  return {
    read: (run) => asking(`reading the state of run ${run}`, () => readRun(pool, state, run)),
    checkFree: (run) => asking("looking for other runs", () => checkLease(pool, state, schema, run)),
    async acquire(run, onLost) {
      await asking(`looking for the state schema ${state}`, () => ensureState(pool, state));
      const lease = await acquireLease(pool, state, schema, run);
      const stop = keepLease(beat, lease, onLost);
      return {
        lease,
        async release() {
          stop();
          await asking("giving the lease back", () => releaseLease(pool, lease));
        },
      };
    },
    checkpoints: (run) => asking(`reading the checkpoints of run ${run}`, () => readCheckpoints(pool, state, run)),
    ledger: (run, limit) => asking(`reading the ledger of run ${run}`, () => readLedger(pool, state, run, limit)),
    setStatus: (run, status) => asking(`noting the state of run ${run}`, () => setStatus(pool, state, run, status)),
    sweep: (held, run) => sweepStaging(pool, held.lease as Lease, run),
    clean: (run) => asking(`cleaning up run ${run}`, () => cleanRun(pool, state, run)),
  };
}

function loader(pool: Pool, state: string, into: IntoMode | null): Loader {
  const lease = (held: Held): Lease => held.lease as Lease;
  return {
    create: (held, plan, run, install) => createStaging(pool, lease(held), plan, run, install),
    unit: (held, run, plan, unit, parts, hooks) => loadUnit(pool, lease(held), run, plan, unit, parts, hooks),
    finish: (held, run, step, sql, doing) => finishStep(pool, lease(held), run, step, sql, doing),
    prepareSwitch: (held, run, plan, hooks) => prepareSwitch(pool, lease(held), run, plan, into, hooks),
    changedSince: (run, plan) => changedSince(pool, state, run, plan),
    switchBack: (held, run, plan, options) => switchBack(pool, lease(held), run, plan, options),
  };
}
