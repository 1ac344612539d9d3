/** Puts a state that an earlier version left behind beside a SQLite file, as fixtures/state-0.1-file/README.md says. */
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";

export type KeptFile = "done" | "loaded";

const place = "/tmp/rowhaul-kept-state";
const fixtures = fileURLToPath(new URL("../../fixtures/state-0.1-file", import.meta.url));

/** Returns the run's id. The folder has then app.db, new.db, pipeline.yaml, app.env and .rowhaul. */
export function restoreFile(kept: KeptFile, folder: string): string {
  const from = join(fixtures, kept);
  copyFileSync(join(fixtures, "pipeline.yaml"), join(folder, "pipeline.yaml"));
  for (const name of readdirSync(from).filter((one) => one !== "rowhaul-folder"))
    copyFileSync(join(from, name), join(folder, name));
  const root = join(folder, ".rowhaul");
  cpSync(join(from, "rowhaul-folder"), root, { recursive: true });
  const old = readdirSync(root).find((one) => one.startsWith("app-")) ?? "";
  const name = `app-${digest(`${join(folder, "new.db")}\0main`).slice(0, 8)}`;
  const home = join(root, name);
  renameSync(join(root, old), home);
  const { run } = JSON.parse(readFileSync(join(home, "current.json"), "utf8")) as { run: string };
  for (const file of readdirSync(join(home, run)).filter((one) => /\.jsonl?$/.test(one)))
    rewrite(join(home, run, file), (text) => text.replaceAll(place, folder).replaceAll(old, name));
  const settings = digest(readFileSync(join(fixtures, "settings.json"), "utf8").trim().replaceAll(place, folder));
  rewrite(join(home, run, "run.json"), (text) => text.replace(/"settings": "\w+"/, `"settings": "${settings}"`));
  copyFileSync(join(home, run, "snapshot.db"), join(folder, "app.db"));
  const state = new Database(join(folder, "new.db.rowhaul"));
  state.prepare("UPDATE runs SET aside = replace(aside, ?, ?)").run(place, folder);
  state.close();
  return run;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
