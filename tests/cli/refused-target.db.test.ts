/** Exit status 2 because of the target. The password never appears anywhere. */
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, useDatabase } from "../support/database.ts";
import { relations, schemas, shop, value, workspace } from "./workspace.ts";

const database = useDatabase();
const role = `rowhaul_cli_${process.pid}`;
const password = "hunter2/ä@#";

describe("a target that", () => {
  beforeAll(async () => {
    await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    const { rows } = await database.pool.query("SELECT current_database() AS name");
    await database.pool.query(`REVOKE CREATE, TEMPORARY ON DATABASE ${rows[0].name} FROM PUBLIC`);
    await database.pool.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  });
  afterAll(() => database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));

  it("is down", async () => {
    const space = prepared();
    const port = await freePort();
    const result = await run(space, `postgres://u:${encodeURIComponent(password)}@127.0.0.1:${port}/x`);
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain("TARGET_UNREACHABLE");
    expect(result.stderr).toContain(`127.0.0.1:${port}/x`);
    silent(space, result.all);
  });

  it("refuses the password, which is never told", async () => {
    const space = prepared();
    const wrong = "wr0ng-p@ss/wörd";
    const url = new URL(database.url);
    url.password = encodeURIComponent(wrong);
    for (const args of [[], ["--json"]]) {
      const result = await run(space, url.href, [], args);
      expect(result.exit).toBe(2);
      expect(result.all).toContain("TARGET_AUTH");
      silent(space, result.all, [wrong, url.password]);
    }
  });

  it("has no such database", async () => {
    const space = prepared();
    const url = new URL(database.url);
    url.pathname = "/no_such_database";
    const result = await run(space, url.href);
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain("TARGET_NO_DATABASE");
    silent(space, result.all, [url.password]);
  });

  it("gives the role no rights: the GRANT is printed, and with it the run succeeds", async () => {
    const space = prepared();
    const url = new URL(database.url);
    url.username = role;
    url.password = encodeURIComponent(password);
    const result = await run(space, url.href);
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain("TARGET_PERMISSION");
    const grants = result.stderr.split("\n").filter((line) => line.startsWith("  GRANT "));
    expect(grants).toEqual([
      expect.stringMatching(/^ {2}GRANT CREATE ON DATABASE "test_\w+" TO "rowhaul_cli_\d+";$/),
      `  GRANT CREATE, USAGE ON SCHEMA "public" TO "${role}";`,
    ]);
    expect(await schemas(database.pool)).toEqual(["public"]);
    for (const grant of grants) await database.pool.query(grant);
    const again = await run(space, url.href);
    expect(again.stderr).not.toContain("Error");
    expect(again.exit).toBe(0);
    expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
    silent(space, again.all);
    const cleaned = await rowhaul(["clean", "pipeline.yaml", "--yes"], { cwd: space.folder });
    expect(cleaned.exit).toBe(0);
    await database.pool.query("DROP TABLE orders, customers CASCADE");
  });

  it.each([
    ["SQL_ASCII", "SQL_ASCII"],
    ["LATIN1", "LATIN1"],
  ])("has the encoding %s", async (encoding, shown) => {
    const name = `enc_${encoding.toLowerCase()}_${process.pid}`;
    await database.pool.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C' LOCALE_PROVIDER libc`,
    );
    try {
      const space = prepared();
      const url = new URL(inject("postgresUrl"));
      url.pathname = `/${name}`;
      const result = await run(space, url.href);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("TARGET_ENCODING");
      expect(result.stderr).toContain(`has the encoding ${shown}`);
      expect(result.stderr).toContain("createdb -E UTF8");
    } finally {
      await database.pool.query(`DROP DATABASE ${name}`);
    }
  });

  it("is occupied keeps what it has", async () => {
    const own = await freshDatabase();
    try {
      await own.pool.query("CREATE TABLE orders (mine text); INSERT INTO orders VALUES ('kept')");
      const space = prepared();
      const before = space.hashes();
      const result = await run(space, own.url);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("TARGET_OCCUPIED");
      expect(result.stderr).toMatch(/already holds orders/);
      expect(result.stderr).toContain("Try: Set `target.existing: append` (or `merge`, `skip`, `replace`)");
      expect(result.stderr).toContain("keep-aside");
      expect(await relations(own.pool)).toEqual(["orders"]);
      expect(await value(own.pool, "SELECT mine FROM orders")).toBe("kept");
      expect(await schemas(own.pool)).toEqual(["public"]);
      expect({ ...space.hashes(), "pipeline.yaml": "" }).toEqual({ ...before, "pipeline.yaml": "" });
    } finally {
      await own.drop();
    }
  });

  it("keeps something depending on what would be kept aside", async () => {
    const own = await freshDatabase();
    try {
      await own.pool.query(
        "CREATE TABLE orders (mine text); CREATE SCHEMA other; CREATE VIEW other.v AS SELECT mine FROM orders",
      );
      const space = prepared();
      const result = await run(space, own.url, [`target: { kind: postgres, url: "${own.url}", existing: keep-aside }`]);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("TARGET_ASIDE_BLOCKED");
      expect(result.stderr).toContain("other.v depends on public.orders");
      expect(await schemas(own.pool)).toEqual(["other", "public"]);
    } finally {
      await own.drop();
    }
  });
});

function prepared(): ReturnType<typeof workspace> {
  const space = workspace();
  space.sqlite(shop);
  return space;
}

function run(
  space: ReturnType<typeof workspace>,
  url: string,
  lines: readonly string[] = [],
  args: readonly string[] = [],
) {
  return rowhaul(["run", space.pipeline(url, ...lines), ...args], { cwd: space.folder });
}

/** Neither in the output nor in any file that rowhaul keeps. */
function silent(space: ReturnType<typeof workspace>, output: string, secrets: readonly string[] = [password]): void {
  for (const secret of secrets.flatMap((one) => [one, encodeURIComponent(one)])) {
    expect(output).not.toContain(secret);
    for (const [name, bytes] of space.kept()) expect([name, bytes.includes(secret)]).toEqual([name, false]);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
