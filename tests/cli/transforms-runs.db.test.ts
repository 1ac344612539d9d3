/** Runs with transforms: their quarantine in ledger and report, and how they go on after they were killed or changed. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { numbers, relations, value, workspace } from "./workspace.ts";

type Space = ReturnType<typeof workspace>;

const rows = 300;
const tickets = `
  CREATE TABLE tickets (id INTEGER PRIMARY KEY, title TEXT NOT NULL, priority TEXT, tags TEXT);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES tickets (id), text TEXT);
  INSERT INTO tickets SELECT n, ' Ticket ' || n || ' ', CASE WHEN n % 100 = 0 THEN 'P?' ELSE 'P' || (1 + n % 2) END, 'a, b' || n FROM (${numbers(rows)});
  INSERT INTO notes SELECT n, CASE WHEN n % 100 = 0 THEN NULL ELSE n END, 'note ' || n FROM (${numbers(rows)});`;

/** Slow enough to be met at work. */
const slow = (initial: string) => `
const wait = new Int32Array(new SharedArrayBuffer(4));
export const columns = { initial: "TEXT" };
export default (row) => {
  Atomics.wait(wait, 0, 0, 3);
  if (row.id === 7) throw new Error("seven is refused");
  return { ...row, initial: ${initial} };
};
`;

const transformed = [
  "tables:",
  "  tickets:",
  "    onError: quarantine",
  "    columns:",
  "      title: { trim: true }",
  "      priority: { map: { P1: critical, P2: high } }",
  '      tags: { split: "," }',
  "    transform: [./initial.mjs, { rename: { priority: severity } }]",
  "  notes: {}",
  "accept: [{ code: ORPHAN_ROWS, policy: 'null' }]",
];

async function inDatabase(work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(tickets);
  space.write("initial.mjs", slow("row.title[0]"));
  space.pipeline(database.url, ...transformed);
  try {
    await work(database, space);
  } finally {
    await database.drop();
  }
}

const cli = (space: Space, command: string, ...args: string[]) =>
  rowhaul([command, "pipeline.yaml", ...args], { cwd: space.folder });

const quarantine =
  "SELECT string_agg(concat_ws(' ', table_name, key), ', ' ORDER BY key COLLATE \"C\") FROM rowhaul.quarantine";

/** Every row that can be there is there, once. */
async function expectMoved(database: TestDatabase, initial = "T"): Promise<void> {
  expect(
    await value(
      database.pool,
      `SELECT concat_ws(' ', count(*), sum(id), min(title), min(severity), max(severity), min(initial), max(initial), min(array_length(tags, 1)), count(DISTINCT tags[2])) FROM tickets`,
    ),
  ).toBe(`296 44543 Ticket 1 critical high ${initial} ${initial} 2 296`);
  expect(await value(database.pool, "SELECT concat_ws(' ', count(*), count(ticket_id)) FROM notes")).toBe("300 296");
  expect(await value(database.pool, quarantine)).toBe(left.join(", "));
}

/** By key as text: what no step could take. */
const left = ["tickets id=100", "tickets id=200", "tickets id=300", "tickets id=7"];

describe.concurrent("quarantine", () => {
  it("says the same in the ledger, the report and on the terminal, and rows are kept whole", () =>
    inDatabase(async (database, space) => {
      const planned = await cli(space, "plan");
      expect([planned.exit, planned.stderr]).toEqual([
        0,
        expect.stringContaining("300 rows of 1 table became 296 rows, 4 rows in quarantine"),
      ]);
      expect(JSON.parse((await cli(space, "report", "--json")).stdout)).toMatchObject({ quarantined: 4 });
      const result = await cli(space, "run");
      expect(result.exit).toBe(0);
      await expectMoved(database);
      const report = JSON.parse((await cli(space, "report", "--json")).stdout) as {
        quarantine: { table: string; key: string; row: Record<string, string>; rule: string }[];
        quarantined: number;
        transforms: {
          tables: {
            read: number;
            quarantined: number;
            written: unknown;
            steps: { label: string; rowsIn: number; rowsOut: number }[];
          }[];
        };
        validation: { validator: string; passed: boolean }[];
      };
      expect(report.quarantined).toBe(4);
      expect(report.quarantine.map(({ table, key }) => `${table} ${key}`).sort()).toEqual(left);
      expect(report.quarantine.find(({ key }) => key === "id=7")).toEqual({
        table: "tickets",
        key: "id=7",
        row: { id: "integer 7", title: 'text " Ticket 7 "', priority: 'text "P2"', tags: 'text "a, b7"' },
        rule: "TRANSFORM_FAILED:function ./initial.mjs: The function threw: seven is refused",
      });
      const [own] = report.transforms.tables;
      expect(own).toMatchObject({ read: 300, quarantined: 4, written: [{ table: "tickets", rows: 296 }] });
      expect(own?.steps.map(({ label, rowsIn, rowsOut }) => [label, rowsIn, rowsOut])).toEqual([
        ["trim title", 300, 300],
        ["map priority", 300, 297],
        ["split tags", 297, 297],
        ["function ./initial.mjs", 297, 296],
        ["rename priority", 296, 296],
      ]);
      expect(report.validation.map(({ validator, passed }) => `${validator} ${passed}`)).toEqual([
        "transforms true",
        "counts true",
        "schema true",
        "parity true",
      ]);
      const text = (await cli(space, "report")).stdout;
      expect(text).toContain("Transformed: tickets, 300 rows read, 296 rows written, 4 rows in quarantine\n");
      expect(text).toContain("  map priority: 300 → 297 rows; can be undone where no two values became the same\n");
      expect(text).toContain("  function ./initial.mjs: 297 → 296 rows; as your function: rowhaul cannot tell\n");
      expect(text).toContain("Quarantined: 4 rows\n");
      expect(text).toContain(
        "  tickets id=7  TRANSFORM_FAILED:function ./initial.mjs: The function threw: seven is refused\n",
      );
      const redacted = (await cli(space, "report", "--redact")).stdout;
      expect(redacted).not.toMatch(/seven is refused|id=7|P\?/);
    }));

  it("takes every row if it must: the table arrives empty, and the rows are in the report", () =>
    inDatabase(async (database, space) => {
      space.write("initial.mjs", "export default async (row) => row;");
      space.pipeline(database.url, "tables: { tickets: { transform: ./initial.mjs, onError: quarantine } }");
      const result = await cli(space, "run");
      expect([result.exit, result.stderr]).toEqual([0, expect.stringContaining("300 rows in quarantine")]);
      expect(await value(database.pool, "SELECT count(*)::int FROM tickets")).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM rowhaul.quarantine")).toBe(300);
      expect((await cli(space, "report")).stdout).toContain("Quarantined: 300 rows\n");
    }));
});

describe.concurrent("killed", () => {
  it.each([
    ["while it transforms", /"phase":"transform","state":"started"/, "new"],
    ["between transform and load", /"phase":"plan","state":"finished"/, "planned"],
  ] as const)("%s: the next run ends right, with nothing doubled", (_, moment, stage) =>
    inDatabase(async (database, space) => {
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await running.until(moment);
      running.kill("SIGKILL");
      expect((await running.ended).exit).toBe(137);
      expect(await relations(database.pool)).toEqual([]);
      const status = await cli(space, "status");
      expect(status.stdout).toMatch(stage === "new" ? / (new|snapshot) / : / (planned|loading) /);
      const again = await cli(space, "run");
      expect(again.exit).toBe(0);
      if (stage === "planned") expect(again.stderr).toMatch(/Resuming run \S+ \((planned|loading)\)/);
      await expectMoved(database);
      // What was half written is gone.
      expect([...space.kept().keys()].filter((name) => /\.part|\.rows|scratch/.test(name))).toEqual([]);
    }),
  );

  it("in the load: rows of the transforms' quarantine come in once", () =>
    inDatabase(async (database, space) => {
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await running.until(/"phase":"load","state":"finished"/);
      running.kill("SIGKILL");
      await running.ended;
      const again = await cli(space, "run");
      expect([again.exit, again.stderr]).toEqual([0, expect.stringMatching(/Resuming run \S+ \((loading|loaded)\)/)]);
      await expectMoved(database);
    }));
});

describe.concurrent("a function that was changed", () => {
  it("after the load is another pipeline; undone, the run goes on", () =>
    inDatabase(async (database, space) => {
      expect((await cli(space, "load")).exit).toBe(0);
      space.write("initial.mjs", slow("'X'"));
      const changed = await cli(space, "run");
      expect([changed.exit, changed.stderr]).toEqual([2, expect.stringContaining("PIPELINE_CHANGED")]);
      expect(await relations(database.pool)).toEqual([]);
      space.write("initial.mjs", slow("row.title[0]"));
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database);
    }));

  it("before the load, or after the run was finished, makes a new run", () =>
    inDatabase(async (database, space) => {
      space.pipeline(
        database.url,
        ...transformed,
        `target: { kind: postgres, url: "${database.url}", existing: keep-aside }`,
      );
      expect((await cli(space, "plan")).exit).toBe(0);
      space.write("initial.mjs", slow("'X'"));
      const fresh = await cli(space, "run");
      expect([fresh.exit, fresh.stderr]).toEqual([0, expect.not.stringContaining("Resuming")]);
      await expectMoved(database, "X");
      expect((await cli(space, "run")).stdout).toContain("nothing to do");
      space.write("initial.mjs", slow("'Y'"));
      const next = await cli(space, "run");
      expect([next.exit, next.stdout]).toEqual([0, expect.not.stringContaining("nothing to do")]);
      expect(await value(database.pool, "SELECT string_agg(DISTINCT initial, '') FROM tickets")).toBe("Y");
    }));
});

describe("an export", () => {
  it("names the rows it leaves behind", async () => {
    const space = workspace();
    space.sqlite(tickets);
    space.write("initial.mjs", slow("row.title[0]"));
    space.pipeline("postgres://me@127.0.0.1:1/x", ...transformed);
    const result = await cli(space, "export", "exported");
    expect([result.exit, result.stdout]).toEqual([0, expect.stringContaining("596 rows of 2 tables written to")]);
    expect(result.stderr).toMatch(
      /! 4 rows are in quarantine and not exported: tickets id=7 \(TRANSFORM_FAILED:function/,
    );
    expect(space.read("exported/tickets.ndjson").split("\n")).toHaveLength(297);
  });
});

describe("a rehearsal", () => {
  it("finds the functions beside the pipeline, and leaves nothing there", () =>
    inDatabase(async (database, space) => {
      const result = await cli(space, "rehearse", "--quiet");
      expect([result.exit, result.stdout]).toEqual([0, "✔ rehearsed: 596 rows in 2 tables arrive and are proven\n"]);
      expect(existsSync(space.path(".rowhaul"))).toBe(false);
      expect(await relations(database.pool)).toEqual([]);
    }));
});
