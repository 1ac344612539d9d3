/** PostgreSQL servers that live as long as the benchmark, each with the database moved into it by rowhaul. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

/** `started` receives each server as soon as it runs, so that whoever calls can stop it whatever happens after. */
export async function startServers(rowhaul, { servers, path }, { work, signal, started }) {
  const ready = [];
  for (const { version, bin } of servers) {
    const embedded = await rowhaul.startEmbedded({
      directory: "temporary",
      ...(bin === null ? {} : { binaries: { bin } }),
    });
    const pool = new pg.Pool({ connectionString: embedded.url, max: 3 });
    pool.on("error", () => {});
    started(async () => {
      await pool.end();
      await embedded.stop();
    });
    const folder = join(work, version);
    mkdirSync(folder);
    const moved = await move(rowhaul, { path, url: embedded.url, folder, signal });
    ready.push({ name: `PostgreSQL ${version}`, version: embedded.version, pool, ...moved });
  }
  return ready;
}

/** The search validator is off: the benchmark asks the same and more. */
async function move(rowhaul, { path, url, folder, signal }) {
  const settings = rowhaul.copySettings(path, url, { folder });
  const phases = {};
  const { plan } = await rowhaul.run(
    { ...settings, validate: { counts: true, schema: true, parity: true, search: false } },
    {
      acceptAll: true,
      signal,
      onEvent(event) {
        if (event.type === "phase" && event.state === "finished") phases[event.phase] = event.seconds;
      },
    },
  );
  return { plan, schema: settings.target.schema, phases };
}
