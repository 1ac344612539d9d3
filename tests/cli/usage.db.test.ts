/** Exit status 1: the command line or the pipeline file is not understood, and nothing is touched. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { eventsOf, shop, workspace } from "./workspace.ts";

describe("the command line", () => {
  it("lists its commands, and explains one", async () => {
    const overview = await rowhaul(["help"]);
    expect(overview.exit).toBe(0);
    expect(overview.stdout).toMatch(/^ {2}run {7}the whole job/m);
    const one = await rowhaul(["help", "run"]);
    expect(one.exit).toBe(0);
    expect(one.stdout).toContain("Usage: rowhaul run <pipeline>");
    expect((await rowhaul(["run", "--help"])).stdout).toBe(one.stdout);
    expect((await rowhaul(["--version"])).stdout).toMatch(/^rowhaul \d+\.\d+\.\d+\n$/);
  });

  it.each([
    [["rum"], 'There is no command "rum"', " help run`."],
    [["run", "x.yaml", "--dryrun"], "--dryrun", "Did you mean --dry-run?"],
    [["run", "x.yaml", "--frsh"], "--frsh", "Did you mean --fresh?"],
    [["run"], "needs <pipeline>", "Usage: rowhaul run <pipeline>"],
    [["run", "a.yaml", "b.yaml"], 'takes no argument "b.yaml"', "Usage:"],
    [["status", "x.yaml", "--fresh"], "--fresh", " help status`"],
    [
      ["copy", "app.db", "embeded"],
      '"embeded" is neither a URL, nor `embedded`, nor a SQLite file',
      "Did you mean `embedded`?",
    ],
    [["copy", "app.db", "me:secret@host"], "The target is neither a URL", "postgres://"],
    [["run", "nowhere.yaml"], "There is no pipeline file at nowhere.yaml", "init <database>"],
  ])("refuses %j", async (args, problem, help) => {
    const space = workspace();
    const result = await rowhaul(args, { cwd: space.folder });
    expect(result.exit).toBe(1);
    expect(result.stderr).toContain(problem);
    expect(result.stderr).toMatch(/^Try: /m);
    expect(result.stderr).toContain(help);
    expect(result.stdout).toBe("");
    expect(space.hashes()).toEqual({});
  });

  it("tells an error under --json too, the result last", async () => {
    const result = await rowhaul(["run", "nowhere.yaml", "--json"]);
    expect(result.exit).toBe(1);
    expect(eventsOf(result.stdout)).toMatchObject([
      { type: "error", code: "PIPELINE_NOT_FOUND", hint: expect.stringContaining("init") },
      { type: "result", exit: 1, outcome: "failed", run: null },
    ]);
  });

  it("refuses a target URL that cannot be read, without repeating it", async () => {
    const space = workspace();
    const file = space.sqlite(shop);
    for (const url of ["postgres://u:s3cr#t@host:x/y", "mysql://u:s3cr3t@host/db"]) {
      const result = await rowhaul(["copy", file, url], { cwd: space.folder });
      expect(result.exit).toBe(1);
      expect(result.all).not.toContain("s3cr");
    }
    expect(existsSync(space.path(".rowhaul"))).toBe(false);
  });
});

describe("the pipeline file", () => {
  it("has all its mistakes reported together, with their lines", async () => {
    const space = workspace();
    space.sqlite(shop);
    const before = space.hashes();
    space.write(
      "bad.yaml",
      `name: app
source: { kind: sqlite, path: app.db }
target:
  kind: postgres
  url: "\${NO_SUCH_VARIABLE}"
  shema: public
tabels: {}
concurrency: many
accept:
  - { code: NUL_IN_TXT }
  - { code: NUL_IN_TEXT, policy: eat }
validate: { parity: some }
`,
    );
    const result = await rowhaul(["run", "bad.yaml"], { cwd: space.folder });
    expect(result.exit).toBe(1);
    const lines = result.stderr.split("\n").filter((line) => /^ {2}line \d+:/.test(line));
    const at = (line: number): string => lines.filter((text) => text.startsWith(`  line ${line}:`)).join("\n");
    expect(at(5)).toContain("NO_SUCH_VARIABLE is not set");
    expect(at(6)).toContain('unknown key "shema" in target');
    expect(at(7)).toContain('unknown key "tabels"');
    expect(at(8)).toMatch(/concurrency: .*number/);
    expect(at(10)).toContain("accept.0.code");
    expect(at(11)).toContain('"eat" is no policy of NUL_IN_TEXT; one of: strip, escape, bytea, quarantine');
    expect(at(12)).toContain("validate.parity");
    expect(lines).toHaveLength(7);
    expect(result.stderr).toContain("bad.yaml has 7 mistakes:");
    expect({ ...space.hashes(), "bad.yaml": undefined }).toEqual({ ...before, "bad.yaml": undefined });
  });

  it("is refused when it is no YAML, with the line", async () => {
    const space = workspace();
    space.write("bad.yaml", "name: app\nsource: { kind: sqlite\ntarget: ]\n");
    const result = await rowhaul(["check", "bad.yaml"], { cwd: space.folder });
    expect(result.exit).toBe(1);
    expect(result.stderr).toMatch(/line [23]:/);
  });

  it("takes variables with defaults, and never as structure", async () => {
    const space = workspace();
    space.write(
      "p.yaml",
      'name: app\nsource: { kind: sqlite, path: "${FILE:-none.db}" }\ntarget: { kind: postgres, url: "${URL}" }\n',
    );
    const result = await rowhaul(["status", "p.yaml"], {
      cwd: space.folder,
      env: { URL: "postgres://u@127.0.0.1:1/x\nevil: true" },
    });
    expect(result.exit).toBe(0);
    expect(result.stdout).toBe("No runs yet.\n");
  });
});

describe("a question that nobody can answer", () => {
  it("is a no for clean, unless --yes says otherwise", async () => {
    const space = workspace();
    space.sqlite(shop);
    const database = await freshDatabase();
    try {
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      for (const more of [[], ["--json"]]) {
        const result = await rowhaul(["clean", "pipeline.yaml", ...more], { cwd: space.folder });
        expect([result.exit, result.all]).toEqual([2, expect.stringContaining("NOT_CONFIRMED")]);
        expect(result.stderr).toContain("There is no terminal to ask; pass --yes.");
      }
      expect(existsSync(space.path(".rowhaul"))).toBe(true);
      expect((await rowhaul(["clean", "pipeline.yaml", "--yes"], { cwd: space.folder })).exit).toBe(0);
      expect(existsSync(space.path(".rowhaul"))).toBe(false);
    } finally {
      await database.drop();
    }
  });
});

describe("commands without a run to work on", () => {
  it.each([
    ["validate", "NO_RUN", 1],
    // The target may know of one whose folder is lost: only with its answer is there none.
    ["rollback", "TARGET_UNREACHABLE", 2],
    ["report", "NO_RUN", 1],
  ])("%s says so", async (command, code, exit) => {
    const space = workspace();
    space.sqlite(shop);
    space.pipeline("postgres://u@127.0.0.1:1/x");
    const result = await rowhaul([command, "pipeline.yaml"], { cwd: space.folder });
    expect([result.exit, result.stderr]).toEqual([exit, expect.stringContaining(code)]);
  });
});
