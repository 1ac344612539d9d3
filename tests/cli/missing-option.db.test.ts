/** `--missing` says on the command line what the pipeline file's `missing` says of a JSON source. */
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { type Workspace, workspace } from "./workspace.ts";

const database = useDatabase();
let space: Workspace;
const cli = (...args: readonly string[]) => rowhaul(args, { cwd: space.folder });

beforeAll(() => {
  space = workspace();
  space.write("rows.json", '[{"id":1,"a":"x"},{"id":2,"a":null},{"id":3}]');
});

describe("a field that is missing here and null there", () => {
  it("is refused without it, with the option that goes on", async () => {
    const result = await cli("import", "rows.json", "refused.db");
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain("Error MISSING_AND_NULL: ");
    expect(result.stderr).toContain("rows.a: missing in 1 rows (first: row 3), null in 1 (first: row 2)");
    expect(result.stderr.replaceAll(/\s+/g, " ")).toContain("Try: `--missing null` makes both NULL, `--missing keep`");
  });

  it("becomes NULL for both", async () => {
    for (const command of ["import", "copy"]) {
      expect((await cli(command, "rows.json", `${command}.db`, "--missing", "null")).exit).toBe(0);
      const db = new Database(space.path(`${command}.db`));
      expect(db.prepare("SELECT * FROM rows ORDER BY id").all()).toEqual([
        { id: 1, a: "x" },
        { id: 2, a: null },
        { id: 3, a: null },
      ]);
      db.close();
    }
  });

  it("is kept by its name, in PostgreSQL too, and compared as it was", async () => {
    expect((await cli("import", "rows.json", database.url, "--missing=keep")).exit).toBe(0);
    const { rows } = await database.pool.query("SELECT id::int, a, missing FROM rows ORDER BY id");
    expect(rows.map((row) => [row.id, row.a, row.missing])).toEqual([
      [1, "x", null],
      [2, null, null],
      [3, null, expect.anything()],
    ]);
    const same = await cli("compare", "rows.json", database.url, "--missing", "keep");
    expect([same.exit, same.stdout]).toEqual([0, expect.stringContaining("Equal in meaning.")]);
  });

  it("is said in the file that init writes, and exported", async () => {
    const drafted = await cli("init", "rows.json", "--missing", "null");
    expect([drafted.exit, drafted.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(space.read("rows.yaml")).toContain('source: { kind: json, path: "rows.json", missing: "null" }');
    const planned = await rowhaul(["check", "rows.yaml"], { cwd: space.folder, env: { DATABASE_URL: database.url } });
    expect(planned.all).not.toContain("PIPELINE_INVALID");
    expect((await cli("export", "rows.json", "exported", "--missing", "null")).exit).toBe(0);
  });
});

it.each(["null", '"null"'])("a pipeline file may say missing: %s", async (said) => {
  space.write(
    "said.yaml",
    `name: said\nsource: { kind: json, path: rows.json, missing: ${said} }\ntarget: { kind: sqlite, path: said.db, existing: replace }\n`,
  );
  const result = await cli("run", "said.yaml", "--fresh");
  expect([result.exit, result.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
});

it.each([
  [["import", "rows.json", "x.db", "--missing", "nul"], "--missing is one of refuse, null, keep."],
  [["copy", "import.db", "x.db", "--missing", "null"], "and the source is none"],
  [["compare", "import.db", "copy.db", "--missing", "null"], "and neither store is one"],
])("%j is refused", async (args, says) => {
  const result = await cli(...args);
  expect([result.exit, result.stderr]).toEqual([1, expect.stringContaining(says)]);
});
