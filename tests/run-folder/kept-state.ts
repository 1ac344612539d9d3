/** Puts a state that an earlier version left behind into a database and a folder, as fixtures/state-0.1/README.md says. */
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

export type Kept = "done" | "interrupted" | "rolled-back";

const place = "/tmp/rowhaul-kept-state";
const fixtures = fileURLToPath(new URL("../../fixtures/state-0.1", import.meta.url));

/** Returns the run's id. The folder has then app.db, pipeline.yaml, app.env and .rowhaul. */
export async function restore(kept: Kept, folder: string, url: string): Promise<string> {
  const from = join(fixtures, kept);
  await execute(url, readFileSync(join(fixtures, "search.sql"), "utf8"));
  await execute(url, readFileSync(join(from, "target.sql"), "utf8"));
  copyFileSync(join(fixtures, "pipeline.yaml"), join(folder, "pipeline.yaml"));
  for (const name of readdirSync(from).filter((one) => one.startsWith("app.env")))
    copyFileSync(join(from, name), join(folder, name));
  const root = join(folder, ".rowhaul");
  cpSync(join(from, "rowhaul-folder"), root, { recursive: true });
  const old = readdirSync(root).find((one) => one.startsWith("app-")) ?? "";
  const home = join(root, homeName(url));
  renameSync(join(root, old), home);
  const { run } = JSON.parse(readFileSync(join(home, "current.json"), "utf8")) as { run: string };
  for (const name of readdirSync(join(home, run)).filter((one) => /\.jsonl?$/.test(one)))
    rewrite(join(home, run, name), (text) => text.replaceAll(place, folder).replaceAll(old, homeName(url)));
  const settings = digest(readFileSync(join(fixtures, "settings.json"), "utf8").trim().replaceAll(place, folder));
  rewrite(join(home, run, "run.json"), (text) => text.replace(/"settings": "\w+"/, `"settings": "${settings}"`));
  if (kept === "interrupted")
    rewrite(join(home, "at-work.json"), (text) => text.replace('"host":"vm"', `"host":${JSON.stringify(hostname())}`));
  rmSync(join(folder, "app.db"), { force: true });
  copyFileSync(join(home, run, "snapshot.db"), join(folder, "app.db"));
  return run;
}

/** As version 0.1 named it. */
function homeName(url: string): string {
  const { hostname: host, port, pathname } = new URL(url);
  return `app-${digest(`${host}:${port}${pathname}\0public`).slice(0, 8)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** A dump changes its session's settings, so it has one of its own. */
async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
