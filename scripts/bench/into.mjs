/**
 * Rows into a table that the application made. Side by side, in one database: what the switch takes
 * beside PostgreSQL's own INSERT … SELECT from the same staged rows, without proof and digest; and
 * what the proof of the live rows takes beside the proof of the same rows in staging.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { cpuOfServer } from "./proc.mjs";

export const rows = 300_000;
const most = { insert: 1.5, proof: 1.3 };

/** The table as the application made it: keys, indexes and a trigger of its own. */
const table = (name) => `
  CREATE TABLE ${name} (id bigint PRIMARY KEY, category text, title text, body text, score double precision, changed timestamp);
  CREATE INDEX ON ${name} (category); CREATE INDEX ON ${name} (score, id);
  CREATE TRIGGER touch BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION touch()`;
const touch =
  "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$";
const columns = "id, category, title, body, score";

export async function benchInto({ dist }, lend) {
  const load = (file) => import(pathToFileURL(join(dist, file)).href);
  const { copySettings, run } = await load("index.js");
  const { compose } = await load("pipeline/compose.js");
  const { postgresProof } = await load("targets/postgres/prove.js");
  const { openPool, openTransaction } = await load("postgres/transaction.js");
  const { parseTarget } = await load("postgres/url.js");
  const { prepareInto } = await load("targets/postgres/into/switch-into.js");
  return lend("into", async ({ folder, server, signal }, { url }) => {
    mkdirSync(folder, { recursive: true });
    const pool = openPool(parseTarget(url));
    const kept = { code: "TRIGGER_FIRES", at: "entries.touch", policy: "keep", why: null };
    const settings = {
      ...copySettings(makeSource(join(folder, "source.db")), url, { existing: "append", folder }),
      accept: [kept],
    };
    let composed = null;
    try {
      await pool.query(`${touch}; ${table("entries")}; ${table("others")}`);
      await run(settings, { until: "validate", signal });
      composed = await compose(settings, () => {}, signal);
      const record = composed.context.home.latest();
      const { plan } = record;
      const staged = `"${plan.target.staging}".entries`;
      await pool.query(`VACUUM ANALYZE ${staged}`);
      const own = await undone(pool, openTransaction, (client) =>
        measure(server, () => client.query(`INSERT INTO public.others (${columns}) SELECT ${columns} FROM ${staged}`)),
      );
      const proof = postgresProof(pool, settings.target.state);
      const input = {
        ...{ plan, catalog: record.catalog, snapshot: record.dataPath, run: record.record.id, emit: () => {}, signal },
        wanted: ["counts", "parity"],
      };
      const inStaging = await measure(server, () =>
        proven(proof, { ...input, schema: plan.target.staging, live: null }),
      );
      const unproven = async () => async () => {};
      const hooks = { account: async () => {}, before: () => {} };
      const switched = await undone(pool, openTransaction, (client) =>
        measure(server, async () => (await prepareInto(client, plan, "append", { ...hooks, prove: unproven }))()),
      );
      const live = { wall: 0, cpu: 0 };
      const prove = async (open) => {
        const before = await adding(server, live, () => proof.measureLive({ ...input, schema: "public" }, open));
        return () =>
          adding(server, live, () =>
            proven(proof, { ...input, schema: "public", live: { place: open.place, inside: { open, before } } }),
          );
      };
      await undone(pool, openTransaction, (client) => prepareInto(client, plan, "append", { ...hooks, prove }));
      return { rows, own, switched, inStaging, live };
    } finally {
      await composed?.close();
      await pool.end();
    }
  });
}

export function intoReport({ own, switched, inStaging, live }) {
  const line = (name, { wall, cpu }) =>
    `${name.padEnd(44)} ${wall.toFixed(2).padStart(7)} s wall ${cpu.toFixed(2).padStart(7)} s CPU`;
  return [
    `into a table that is there: ${rows.toLocaleString("en-US")} rows`,
    line("PostgreSQL's own INSERT … SELECT", own),
    line("the switch, without proof and digest", switched),
    line("the proof of the rows in staging", inStaging),
    line("the proof of the live rows", live),
  ].join("\n");
}

export function intoBars({ own, switched, inStaging, live }) {
  const bar = (text, ratio, most) => ({ text, figure: `${ratio.toFixed(2)} ×`, passed: ratio <= most });
  return [
    bar(
      `rows into a table that is there in at most ${most.insert} × INSERT … SELECT`,
      switched.wall / own.wall,
      most.insert,
    ),
    bar(
      `the proof of live rows with at most ${most.proof} × the CPU of that in staging`,
      live.cpu / inStaging.cpu,
      most.proof,
    ),
  ];
}

function makeSource(path) {
  const db = new Database(path);
  db.exec(`CREATE TABLE entries (id INTEGER PRIMARY KEY, category TEXT, title TEXT, body TEXT, score REAL);
    WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ${rows})
    INSERT INTO entries SELECT i, 'category ' || (i % 97), 'title of ' || i, hex(randomblob(60)), i / 7.0 FROM k`);
  db.close();
  return path;
}

async function proven(proof, input) {
  for (const { passed, summary } of await proof.prove(input)) if (!passed) throw new Error(summary);
}

/** In a transaction of its own that leaves nothing. */
async function undone(pool, openTransaction, work) {
  const transaction = await openTransaction(pool, "measuring");
  try {
    return await work(transaction.client);
  } finally {
    await transaction.rollBack();
    // Nobody is to stumble over what another has left.
    for (const name of ["entries", "others"]) await pool.query(`VACUUM public.${name}`);
    await pool.query("CHECKPOINT");
  }
}

async function measure(server, work) {
  const sum = { wall: 0, cpu: 0 };
  await adding(server, sum, work);
  return sum;
}

/** Wall time, and CPU of this process and of the server. */
async function adding(server, sum, work) {
  const before = { server: cpuOfServer(server.pid), client: process.cpuUsage(), at: performance.now() };
  const result = await work();
  const { user, system } = process.cpuUsage(before.client);
  sum.wall += (performance.now() - before.at) / 1000;
  sum.cpu += (user + system) / 1e6 + cpuOfServer(server.pid) - before.server;
  return result;
}
