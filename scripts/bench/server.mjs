/** The one server that all work against, each in a database of its own. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";

/** A temporary server would not sync its files; here it does, as one that holds somebody's data would. */
const settings = { max_wal_size: "4GB", fsync: "on", full_page_writes: "on", synchronous_commit: "on" };

export async function startServer(dist) {
  const { startEmbedded } = await import(pathToFileURL(join(dist, "embedded/index.js")).href);
  const embedded = await startEmbedded({ directory: "temporary", settings });
  const urlOf = (database) => Object.assign(new URL(embedded.url), { pathname: `/${database}` }).href;
  return {
    pid: embedded.pid,
    version: embedded.version,
    connect: (database) => connect(urlOf(database)),
    /** Lends an empty database, and removes it. What was written before is flushed first, so that nobody pays for another. */
    async lend(database, work) {
      await withClient(embedded.url, async (client) => {
        await client.query(`CREATE DATABASE ${database} TEMPLATE template0`);
        await client.query("CHECKPOINT");
      });
      try {
        return await work({ name: database, url: urlOf(database) });
      } finally {
        await withClient(embedded.url, (client) => client.query(`DROP DATABASE ${database} WITH (FORCE)`));
      }
    },
    stop: () => embedded.stop(),
  };
}

/** Throws unless the tables hold their rows and are indexed: what is fast because it did less is no competitor. */
export async function checkArrived(server, database, { tables, indexes }) {
  const client = await server.connect(database.name);
  try {
    for (const [table, expected] of Object.entries(tables)) {
      const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${table}`);
      if (rows[0].count !== expected) throw new Error(`${table} has ${rows[0].count} rows instead of ${expected}`);
    }
    const { rows } = await client.query(
      "SELECT count(*)::int AS count FROM pg_indexes WHERE tablename = ANY($1) AND schemaname = 'public'",
      [Object.keys(tables)],
    );
    if (rows[0].count !== indexes) throw new Error(`there are ${rows[0].count} indexes instead of ${indexes}`);
  } finally {
    await client.end();
  }
}

async function withClient(url, work) {
  const client = await connect(url);
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function connect(url) {
  const client = new pg.Client({ connectionString: url, ssl: false });
  // an error between queries would otherwise end the process; the next query reports it
  client.on("error", () => {});
  await client.connect();
  return client;
}
