/** What a run prints: JSON lines, plain lines, little, or bars on a terminal. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cliPath, rowhaul, startProgram } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { bulky, eventsOf, shop, workspace } from "./workspace.ts";

type Space = ReturnType<typeof workspace>;

const hazardous = `${shop} INSERT INTO customers VALUES (99, 'a' || char(0) || 'b', NULL);`;
const accept = "accept: [{ code: NUL_IN_TEXT, policy: strip, why: pasted }]";

async function inDatabase(work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    await work(database, workspace());
  } finally {
    await database.drop();
  }
}

const esc = String.fromCharCode(27);

describe("--json", () => {
  it("prints one known event a line, phases in order, the result last", () =>
    inDatabase(async (database, space) => {
      space.sqlite(hazardous);
      const { exit, stdout, stderr } = await rowhaul(["run", space.pipeline(database.url, accept), "--json"]);
      expect(exit).toBe(0);
      expect(stderr).toBe("");
      const events = eventsOf(stdout);
      const types = new Set(events.map((event) => event.type));
      expect([...types].filter((type) => !known.includes(String(type)))).toEqual([]);
      expect([...types]).toEqual(
        expect.arrayContaining(["run", "phase", "check", "expect", "progress", "hazard", "validated", "result"]),
      );
      expect(events.at(-1)).toEqual({
        type: "result",
        exit: 0,
        outcome: "241 rows in 2 tables: moved and proven",
        run: expect.stringMatching(/^\d{8}t\d{6}_[0-9a-f]{4}$/),
      });
      const phases = events.filter((event) => event.type === "phase").map((event) => `${event.phase} ${event.state}`);
      expect(phases).toEqual(
        ["preflight", "snapshot", "profile", "plan", "load", "finish", "validate", "cutover"].flatMap((phase) => [
          `${phase} started`,
          `${phase} finished`,
        ]),
      );
      expect(events.find((event) => event.type === "hazard")).toMatchObject({
        hazard: { code: "NUL_IN_TEXT", at: "customers.name", policy: "strip", accepted: "pipeline", why: "pasted" },
      });
      const done = events.filter(
        (event) => event.type === "progress" && event.phase === "load" && event.done === event.total,
      );
      expect(done.map((event) => event.item).sort()).toEqual(["customers", "orders"]);
    }));

  it("tells errors as events, then the result", () =>
    inDatabase(async (database, space) => {
      space.sqlite(hazardous);
      const { exit, stdout } = await rowhaul(["run", space.pipeline(database.url), "--json"]);
      expect(exit).toBe(2);
      expect(eventsOf(stdout).slice(-2)).toMatchObject([
        { type: "error", code: "HAZARDS_NOT_ACCEPTED", hint: expect.stringContaining("accept") },
        { type: "result", exit: 2, outcome: "failed" },
      ]);
    }));

  it("works for every command that has something to say", () =>
    inDatabase(async (database, space) => {
      space.sqlite(hazardous);
      space.pipeline(database.url, accept);
      for (const args of [
        ["check", "pipeline.yaml"],
        ["plan", "pipeline.yaml"],
        ["load", "pipeline.yaml"],
        ["validate", "pipeline.yaml"],
        ["cutover", "pipeline.yaml"],
        ["status", "pipeline.yaml"],
        ["report", "pipeline.yaml"],
        ["rollback", "pipeline.yaml"],
        ["query", "SELECT 1 AS one", database.url],
        ["init", "app.db", "-o", "new.yaml"],
        ["clean", "pipeline.yaml", "--yes"],
      ]) {
        const { exit, stdout } = await rowhaul([...args, "--json"], { cwd: space.folder });
        expect([args[0], exit]).toEqual([args[0], 0]);
        expect([args[0], eventsOf(stdout).length > 0]).toEqual([args[0], true]);
        if (["check", "plan", "load", "validate", "cutover", "rollback", "clean"].includes(args[0] ?? ""))
          expect(eventsOf(stdout).at(-1)).toMatchObject({ type: "result", exit: 0 });
      }
    }));
});

describe("without a terminal", () => {
  it("there are plain lines, without esc codes, and the report", () =>
    inDatabase(async (database, space) => {
      space.sqlite(hazardous);
      const { exit, stdout, stderr } = await rowhaul(["run", space.pipeline(database.url, accept)], {
        env: { TERM: "xterm-256color" },
      });
      expect(exit).toBe(0);
      expect(stdout + stderr).not.toContain(esc);
      expect(stderr).toContain("    orders: 200 rows\n");
      expect(stderr).toMatch(/✔ load {6}241 rows/);
      expect(stdout).toMatch(/✔ parity: 241 rows/);
      expect(stdout).toMatch(/Changed on purpose: 1 cell\n {2}customers\.name id=99: .*NUL_IN_TEXT:strip/);
      expect(stdout).toMatch(/rowhaul|main\.js rollback/);
      const redacted = await rowhaul(["report", "pipeline.yaml", "--redact"], { cwd: space.folder });
      expect(redacted.stdout).toContain("customers.name");
      expect(redacted.stdout).not.toContain("id=99");
    }));

  it("--quiet prints the outcome and nothing else", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      const quiet = await rowhaul(["run", space.pipeline(database.url), "--quiet"]);
      expect([quiet.exit, quiet.stdout, quiet.stderr]).toEqual([0, "✔ 240 rows in 2 tables: moved and proven\n", ""]);
    }));
});

describe.runIf(existsSync("/usr/bin/script"))("on a terminal", () => {
  const terminal = (space: Space, args: string, env: Record<string, string> = {}) =>
    startProgram("/usr/bin/script", ["-qec", `${process.execPath} ${cliPath} ${args}`, "/dev/null"], {
      cwd: space.folder,
      env: { TERM: "xterm-256color", COLUMNS: "120", ...env },
    });

  it("there are bars and colours, and the cursor is visible in the end", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      const { exit, stdout } = await terminal(space, "run pipeline.yaml --yes").ended;
      expect(exit).toBe(0);
      expect(stdout).toContain("█");
      // Which tables are caught in the middle depends on the machine.
      expect(stdout).toMatch(/\d+% .*(big[12]|profile|load|validate)/);
      expect(stdout).toContain(`${esc}[32m✔${esc}[39m`);
      expectCursor(stdout);
    }));

  it("lines said while bars are shown are not lost, and the cursor comes back after Ctrl-C", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      // No unit of the next load can be finished, so its bars stay.
      const holder = await database.pool.connect();
      await holder.query("BEGIN; LOCK TABLE rowhaul.checkpoints IN EXCLUSIVE MODE");
      const running = terminal(space, "run pipeline.yaml --yes --fresh");
      await running.until(/█.*load/);
      running.type("\u0003");
      await running.until(/Stopping …/);
      await holder.query("ROLLBACK");
      holder.release();
      const { exit, stdout } = await running.ended;
      expect(exit).toBe(130);
      expect(stdout).toContain("INTERRUPTED");
      expectCursor(stdout);
    }));

  it("findings are shown above the bars", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      const { rows } = await database.pool.query(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rowhaul_staging_%'",
      );
      await database.pool.query(`UPDATE ${rows[0].nspname}.orders SET note = 'x' WHERE id = 3`);
      const { exit, stdout } = await terminal(space, "validate pipeline.yaml").ended;
      expect(exit).toBe(4);
      expect(stdout).toMatch(/≠.* orders id=3 note/);
      expectCursor(stdout);
    }));

  it("NO_COLOR, --no-color and TERM=dumb leave out the colours", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      for (const [args, env] of [
        ["check pipeline.yaml", { NO_COLOR: "1" }],
        ["check pipeline.yaml --no-color", {}],
        ["check pipeline.yaml", { TERM: "dumb" }],
        ["check nowhere.yaml --no-color", {}],
      ] as const) {
        const { stdout } = await terminal(space, args, env).ended;
        expect(stdout).not.toMatch(new RegExp(`${esc}\\[\\d+m`));
      }
    }));

  it("a question is asked, and anything but yes changes nothing", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      const no = terminal(space, "run pipeline.yaml");
      await no.until(/Move 240 rows in 2 tables into .*\[y\/N\]/);
      no.type("\n");
      const refused = await no.ended;
      expect(refused.stdout).toContain("NOT_CONFIRMED");
      expect(refused.exit).toBe(2);
      const stop = terminal(space, "run pipeline.yaml");
      await stop.until(/\[y\/N\]/);
      stop.type("\u0003");
      expect((await stop.ended).exit).toBe(130);
      expect((await database.pool.query("SELECT FROM pg_namespace WHERE nspname LIKE 'rowhaul%'")).rowCount).toBe(0);
      const yes = terminal(space, "run pipeline.yaml");
      await yes.until(/\[y\/N\]/);
      yes.type("y\n");
      expect((await yes.ended).exit).toBe(0);
    }));
});

function expectCursor(output: string): void {
  const hidden = output.lastIndexOf(`${esc}[?25l`);
  expect(output.lastIndexOf(`${esc}[?25h`)).toBeGreaterThanOrEqual(hidden);
}

const known = [
  "run",
  "phase",
  "check",
  "expect",
  "progress",
  "hazard",
  "finding",
  "validated",
  "notice",
  "error",
  "result",
];
