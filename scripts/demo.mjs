/**
 * The demo: builds rowhaul and the knowledge base, puts a copy of the sample
 * application beside it, and moves it, with the same command line that a user types.
 */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildKnowledge } from "./fixture/build-knowledge.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

step("Building rowhaul", () => node(["scripts/build.mjs"]));
step("Building fixtures/knowledge.db, a support team's knowledge base", () => buildKnowledge());
step("Copying the sample application to .demo/app; it uses SQLite", () => {
  rmSync(".demo/app", { recursive: true, force: true });
  cpSync("fixtures/sample-app", ".demo/app", { recursive: true });
});

console.log("\n$ rowhaul run pipelines/knowledge-base.yaml\n");
node(["dist/cli/main.js", "run", "pipelines/knowledge-base.yaml", "--fresh", "--yes"]);

console.log(`
The application in .demo/app now uses PostgreSQL. Look around:

  node dist/cli/main.js query "SELECT severity, count(*) FROM kb_entries GROUP BY 1 ORDER BY 2 DESC" --embedded pipelines
  node dist/cli/main.js query "SELECT k.title, f.rank FROM fts5.search('kb_fts', 'vsam status 35', row_limit => 5) AS f JOIN kb_entries AS k ON k.rowid = f.rowid ORDER BY f.rank" --embedded pipelines
  git diff --no-index fixtures/sample-app .demo/app      what was changed in its files
  node dist/cli/main.js up pipelines      its PostgreSQL is stopped now: start it for the application (down pipelines stops it)
  node dist/cli/main.js rollback pipelines/knowledge-base.yaml      and back again
`);

function step(title, work) {
  process.stdout.write(`${title} …\n`);
  work();
}

function node(args) {
  const { status, signal } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) {
    console.error(`\nThe demo stopped: ${args[0]} ended with ${signal ?? `exit status ${status}`}.`);
    process.exit(status ?? 1);
  }
}
