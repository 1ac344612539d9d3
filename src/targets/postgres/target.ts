/** A PostgreSQL server as the phases' target. */
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Occupied, RunStore, Target } from "../../core/ports.ts";
import type { SchemaSettings } from "../../core/settings.ts";
import { asking } from "../../postgres/errors.ts";
import { openPools, type Pool } from "../../postgres/pool.ts";
import { inTransaction } from "../../postgres/transaction.ts";
import { parseTarget } from "../../postgres/url.ts";
import { checkTarget, readTargetFacts } from "./facts.ts";
import { answering } from "./into/asking/answering.ts";
import { checkInto } from "./into/check.ts";
import { namingHeld } from "./into/held-tables.ts";
import { readLiveSchema } from "./into/live-schema.ts";
import { probe } from "./probe.ts";
import { openSession } from "./session.ts";
import { cleanRun } from "./state/clean.ts";
import { checkLease } from "./state/lease.ts";
import { listRuns, readCheckpoints, readLedger, readRun } from "./state/state.ts";
import { holdsLoad, wayBackByHand } from "./state/traces.ts";
import { checkMovable, checkRowSecurity, findOccupants } from "./switch/occupants.ts";
import { plannedNames } from "./switch/planned-names.ts";
import { provenPlace } from "./switch/proven.ts";
import { changedSince } from "./switch/switch.ts";

/** `signal` ends what is under way. `pool` is for the validators, which read by statements of their own. `after` runs when the target is closed. */
export function postgresTarget(
  settings: SchemaSettings,
  url: string,
  concurrency: number,
  { signal, after = async () => {} }: { readonly signal?: AbortSignal; readonly after?: () => Promise<void> } = {},
): { target: Target; pool: Pool } {
  const address = parseTarget(url);
  const { work: pool, control } = openPools(address, concurrency, signal);
  const { schema, state } = settings;
  const password = address.config.password;
  const target: Target = {
    words: {
      held: "the schema",
      itself: ({ version, role }) => `PostgreSQL ${version} at ${address.shown}, as ${role}`,
      keptAside: (objects, aside) => `${plural(objects, "existing object")} will be kept aside in schema ${aside}`,
    },
    sameDialect: false,
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
    rowSecurity: ({ apiRoles }) => rowSecurity(settings, apiRoles),
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
      const read = inTransaction(pool, looking, (client) => readLiveSchema(client, schema), {
        begin: "read-only",
      });
      return read.catch(async (thrown) => {
        throw await namingHeld(pool, schema, thrown);
      });
    },
    liveFile: async () => null,
    fitFile: async () => new Map(),
    answering: (names, work) => answering(pool, schema, names, work),
    probe: (script) => probe(pool, script),
    runs: runStore(pool, state, schema),
    acquire: (run, plan, signal) => openSession(pool, control, settings, run, plan, signal),
    async close() {
      await cleaningUp(
        () => pool.end(),
        () => control.end(),
        after,
      );
    },
  };
  return { target, pool };
}

function rowSecurity({ schema, rowSecurity }: SchemaSettings, apiRoles: readonly string[]): string {
  if (apiRoles.length === 0) return "";
  if (rowSecurity === null)
    throw new RowhaulError(
      "TARGET_ROW_SECURITY",
      `Schema ${schema} is visible to ${apiRoles.join(", ")}: the new tables would be open to everybody who can call the API.`,
    );
  return rowSecurity === "enable"
    ? "row-level security will be enabled on the new tables"
    : "no row-level security, as the pipeline says";
}

async function checkOccupied(pool: Pool, settings: SchemaSettings, shown: string, plan: Plan): Promise<Occupied> {
  const into = intoMode(settings.existing);
  if (into !== null) {
    return { aside: [], notes: await checkInto(pool, plan, into) };
  }
  return { aside: await checkNames(pool, settings, shown, plannedNames(plan)), notes: [] };
}

/** What stands under these names and would be kept aside. */
async function checkNames(
  pool: Pool,
  settings: SchemaSettings,
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

/** A password as it may turn up in what a program prints: as it is, and as URLs write it. */
function spellings(url: string, password: unknown): string[] {
  if (typeof password !== "string" || password === "") return [];
  const written = /^[a-z]+:\/\/[^/?#]*?:([^/?#]*)@/i.exec(url)?.[1] ?? "";
  const all = [password, encodeURIComponent(password), written, JSON.stringify(password).slice(1, -1)];
  return [...new Set(all)].filter((one) => one !== "");
}

function runStore(pool: Pool, state: string, schema: string): RunStore {
  return {
    read: (run) => asking(`reading the state of run ${run}`, () => readRun(pool, state, run)),
    list: (pipeline) => asking("looking for earlier runs", () => listRuns(pool, state, pipeline, schema)),
    holdsLoad: (run, plan) => asking(`looking for what run ${run} loaded`, () => holdsLoad(pool, plan)),
    byHand: (run, plan) => asking(`looking for what run ${run} left`, () => wayBackByHand(pool, schema, run, plan)),
    checkFree: (run) => asking("looking for other runs", () => checkLease(pool, state, schema, run)),
    checkpoints: (run) => asking(`reading the checkpoints of run ${run}`, () => readCheckpoints(pool, state, run)),
    ledger: (run, limit) => asking(`reading the ledger of run ${run}`, () => readLedger(pool, state, run, limit)),
    changedSince: (run, plan) => changedSince(pool, state, run, plan),
    clean: (run) => asking(`cleaning up run ${run}`, () => cleanRun(pool, state, run)),
  };
}
