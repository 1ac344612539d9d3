/** A URL's parameters through the command line: `?schema=` is where tables go to, and come from; nothing is dropped silently. */
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { relations, schemas, shop, value, workspace } from "./workspace.ts";

const database = useDatabase();
const url = (parameters: string): string => `${database.url}?${parameters}`;

describe("?schema= of a target", () => {
  it("is where copy puts the tables, and another schema has runs of its own", async () => {
    const space = workspace();
    space.sqlite(shop);
    const copy = (to: string, ...more: string[]) => rowhaul(["copy", "app.db", to, ...more], { cwd: space.folder });
    const first = await copy(url("schema=app&connection_limit=1&pgbouncer=true"));
    expect(first.all).toContain("240 rows in 2 tables: moved and proven");
    expect(first.exit).toBe(0);
    expect(await relations(database.pool, "app")).toContain("orders");
    expect(await relations(database.pool)).toEqual([]);
    expect((await copy(url("schema=other"))).exit).toBe(0);
    expect(await relations(database.pool, "other")).toContain("orders");
    const status = await rowhaul(["status", "app.db", url("schema=app"), "--json"], { cwd: space.folder });
    expect(status.stdout.trim().split("\n")).toHaveLength(1);
    // The same one, named in two ways.
    expect((await copy(url("schema=app"), "--schema", "app")).stdout).toContain("nothing to do");
    expect((await copy(database.url, "--schema", "app")).stdout).toContain("nothing to do");
    const compared = await rowhaul(["compare", "app.db", url("schema=app")], { cwd: space.folder });
    expect([compared.exit, compared.all.includes("schema app")]).toEqual([0, true]);
  });

  it("is that of a pipeline which names none, and reaches the application unchanged", async () => {
    const space = workspace();
    space.sqlite(shop);
    space.write("app.env", "DATABASE_URL=file:app.db\n");
    const target = url("schema=from_url&connection_limit=5&pool_timeout=3");
    space.pipeline(
      target,
      'cutover: [{ file: app.env, set: { DATABASE_URL: "${target.url}", PLACE: "${target.schema}" } }]',
    );
    const run = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
    expect(run.all).toContain("moved, proven and switched");
    expect(await value(database.pool, "SELECT count(*)::int FROM from_url.orders")).toBe(200);
    const written = space.read("app.env");
    expect([written.includes(target), written.includes("PLACE=from_url")]).toEqual([true, true]);
  });

  it("must not contradict what is said beside it: exit 1", async () => {
    const space = workspace();
    space.sqlite(shop);
    const before = await schemas(database.pool);
    const copied = await rowhaul(["copy", "app.db", url("schema=one"), "--schema", "two"], { cwd: space.folder });
    expect([copied.exit, copied.stderr]).toEqual([
      1,
      "Error USAGE: The URL says schema=one, and the command says two.\nTry: Leave one of them out.\n",
    ]);
    const line = `target: { kind: postgres, url: "${url("schema=one")}", schema: public }`;
    space.pipeline("", line);
    const run = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain("PIPELINE_INVALID");
    expect(run.stderr).toContain("line 3: target.url: The URL says schema=one, and the file says public.");
    expect(await schemas(database.pool)).toEqual(before);
  });
});

describe("?schema= of a source", () => {
  it("is what compare, export and init read", async () => {
    await database.pool.query(
      "CREATE SCHEMA src; CREATE TABLE src.t (id int PRIMARY KEY); INSERT INTO src.t VALUES (1), (2)",
    );
    await database.pool.query(
      "CREATE SCHEMA dst; CREATE TABLE dst.t (id int PRIMARY KEY); INSERT INTO dst.t VALUES (1), (3)",
    );
    const space = workspace();
    const call = (...args: string[]) => rowhaul(args, { cwd: space.folder });
    expect((await call("compare", url("schema=src"), url("schema=src"))).exit).toBe(0);
    expect((await call("compare", url("schema=src"), url("schema=dst"))).exit).toBe(4);
    // Beside a URL that names its own, --schema is the first one's.
    expect((await call("compare", database.url, url("schema=dst"), "--schema", "dst")).exit).toBe(0);
    expect((await call("compare", url("schema=src"), url("schema=dst"), "--other-schema", "src")).exit).toBe(1);
    const exported = await call("export", url("schema=src"), "out");
    expect([exported.exit, space.read("out/t.ndjson").trim().split("\n").length]).toEqual([0, 2]);
    expect((await call("import", "out", url("schema=imported"))).exit).toBe(0);
    expect(await value(database.pool, "SELECT sum(id)::int FROM imported.t")).toBe(3);
    expect((await call("init", url("schema=src"), "-o", "draft.yaml")).exit).toBe(0);
    expect(space.read("draft.yaml")).toContain('url: "${SOURCE_URL}", schema: "src" }');
    const planned = await rowhaul(["plan", "draft.yaml"], {
      cwd: space.folder,
      env: { SOURCE_URL: url("schema=src"), DATABASE_URL: url("schema=drafted") },
    });
    expect([planned.exit, planned.all.includes("schema drafted")]).toEqual([0, true]);
  });
});

describe("a parameter", () => {
  it.each([
    ["shcema=app", 'The URL\'s parameter "shcema" is not known; did you mean "schema"?'],
    ["require_auth=md5", "The URL's parameter require_auth asks for what rowhaul cannot do."],
  ])("%s stops every command by its name: exit 1", async (parameter, message) => {
    const space = workspace();
    space.sqlite(shop);
    space.pipeline(url(parameter));
    for (const args of [
      ["copy", "app.db", url(parameter)],
      ["compare", "app.db", url(parameter)],
      ["export", url(parameter), "out"],
      ["init", url(parameter)],
      ["run", "pipeline.yaml"],
      ["status", "pipeline.yaml"],
    ]) {
      const { exit, stderr } = await rowhaul(args, { cwd: space.folder });
      expect([args[0], exit, stderr.includes(message)]).toEqual([args[0], 1, true]);
    }
  });
});
