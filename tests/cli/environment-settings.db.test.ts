/** What else an environment asks for: only to validate, seed data, queries that must not become slower. */
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { inPlace } from "./environments.ts";
import { relations, schemas, value } from "./workspace.ts";

describe.concurrent("validateOnly", () => {
  it("loads and proves, and never cuts over", () =>
    inPlace(["staging: { validateOnly: true, backup: skip, confirm: none }"], async ({ cli, database, space }) => {
      const result = await cli("run", "--env", "staging");
      expect([result.exit, result.stderr]).toEqual([0, expect.not.stringContaining("✔ cutover")]);
      expect(result.stdout).toContain("✔ 240 rows in 2 tables: validated; staging only validates");
      expect(result.stdout).not.toContain("rowhaul cutover");
      expect(await relations(database.pool)).toEqual([]);
      expect((await schemas(database.pool)).some((name) => name.startsWith("rowhaul_staging_"))).toBe(true);
      const cutover = await cli("cutover", "--env", "staging");
      expect([cutover.exit, cutover.stdout]).toEqual([0, expect.stringContaining("staging only validates")]);
      expect(await relations(database.pool)).toEqual([]);
      // Elsewhere the same move, as a run of its own, is allowed to.
      space.write(".keep", "");
      expect((await cli("run", "--env", "development")).exit).toBe(0);
      expect(await relations(database.pool)).toContain("orders");
    }));
});

describe.concurrent("seed", () => {
  const development = (seed: string) => [`development: { seed: ${seed} }`];

  it("a .sql file is executed after the cutover, in the schema", () =>
    inPlace(development("seed.sql"), async ({ cli, database, space }) => {
      space.write(
        "seed.sql",
        "-- for developers\nINSERT INTO customers (name) VALUES ('Ada'), ('Grace; née Murray');\nUPDATE orders SET note = 'seeded' WHERE id = 1;\n",
      );
      const result = await cli("run", "--env", "development");
      expect([result.exit, result.stderr]).toEqual([0, expect.stringMatching(/· Seed: \S+seed\.sql was executed\./)]);
      expect(
        await value(
          database.pool,
          "SELECT string_agg(id || ' ' || name, ', ' ORDER BY id) FROM customers WHERE id > 40",
        ),
      ).toBe("41 Ada, 42 Grace; née Murray");
      expect(await value(database.pool, "SELECT note FROM orders WHERE id = 1")).toBe("seeded");
    }));

  it("an export's rows are put in, and keys go on after them", () =>
    inPlace(development("examples"), async ({ cli, database, space }) => {
      space.sqlite(
        `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE);
         INSERT INTO customers VALUES (900, 'Example ü', NULL), (901, 'Two', 'two@example.org');`,
        "examples.db",
      );
      expect((await rowhaul(["export", "examples.db", "examples"], { cwd: space.folder })).exit).toBe(0);
      const result = await cli("run", "--env", "development");
      expect([result.exit, result.stderr]).toEqual([0, expect.stringContaining("2 rows of 1 table were put in from")]);
      expect(await value(database.pool, "SELECT name FROM customers WHERE id = 900")).toBe("Example ü");
      expect(await value(database.pool, "INSERT INTO customers (name) VALUES ('new') RETURNING id::int")).toBe(902);
    }));

  it("that is not there, or is for psql, is refused before anything is done", () =>
    inPlace(development("seed.sql"), async ({ cli, database, space }) => {
      const missing = await cli("run", "--env", "development");
      expect(missing.stderr).toMatch(/✘ seed: The seed \S+seed\.sql cannot be used: it is not there\./);
      space.write("seed.sql", "INSERT INTO customers (name) VALUES ('x');\n\\copy orders FROM 'x'\n");
      const psql = await cli("run", "--env", "development");
      expect(psql.stderr).toContain("line 2 is for psql, not SQL");
      for (const { exit } of [missing, psql]) expect(exit).toBe(2);
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));

  it("that fails leaves nothing of itself, and the move stands", () =>
    inPlace(development("seed.sql"), async ({ cli, database, space }) => {
      space.write("seed.sql", "INSERT INTO customers (name) VALUES ('Ada');\nINSERT INTO nowhere VALUES (1);\n");
      const result = await cli("run", "--env", "development");
      expect(result.stderr).toMatch(/SEED_FAILED: The seed \S+ could not be put in: .*nowhere/);
      expect(result.exit).toBe(3);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
      expect(await relations(database.pool)).toContain("orders");
      expect((await cli("status", "--env", "development")).stdout).toMatch(/ done /);
      // As often as it fails.
      expect((await cli("run", "--env", "development")).exit).toBe(3);
      space.write("seed.sql", "INSERT INTO customers (name) VALUES ('Ada');\n");
      const mended = await cli("run", "--env", "development");
      expect([mended.exit, mended.stderr]).toEqual([0, expect.stringContaining("seed.sql was executed.")]);
      expect((await cli("run", "--env", "development")).stdout).toContain("nothing to do");
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(41);
    }));

  it("that fails is done without, where the environment no longer has it", () =>
    inPlace(development("seed.sql"), async ({ cli, database, set, space }) => {
      space.write("seed.sql", "INSERT INTO nowhere VALUES (1);\n");
      expect((await cli("run", "--env", "development")).exit).toBe(3);
      set(["development: {}"]);
      const without = await cli("run", "--env", "development");
      expect([without.exit, without.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
    }));

  it("is none for production", () =>
    inPlace(["production: { seed: seed.sql }"], async ({ cli }) => {
      const result = await cli("run");
      expect([result.exit, result.stderr]).toEqual([1, expect.stringContaining("production takes no seed data")]);
    }));
});

describe.concurrent("performance", () => {
  const measured = (limits: string, second = "") => [
    "development:",
    "  performance:",
    ...limits.split(", ").map((limit) => `    ${limit}`),
    "    runs: 2",
    "    queries:",
    "      - { name: big orders, source: 'SELECT id, total FROM orders WHERE total > 100 ORDER BY id' }",
    ...(second === "" ? [] : [`      - { name: slow one, ${second} }`]),
  ];

  it("measures before and after, with the query translated", () =>
    inPlace(
      measured(
        "factor: 1000000",
        "source: 'SELECT count(*) FROM orders', target: 'SELECT count(*), pg_sleep(0.02) FROM orders'",
      ),
      async ({ cli }) => {
        const plan = await cli("plan", "--env", "development");
        expect(plan.stderr).toMatch(/· performance of big orders: [\d.]+m?s, 120 rows$/m);
        const result = await cli("run", "--env", "development");
        expect(result.exit).toBe(0);
        expect(result.stderr).toMatch(/· performance of big orders: [\d.]+m?s, [\d.]+m?s before, 120 rows$/m);
        expect(result.stderr).toMatch(/· performance of slow one: [\d.]+m?s, [\d.]+m?s before, 1 row$/m);
      },
    ));

  it("stops before the switch when a query is slower than allowed; corrected, the same run goes on", () =>
    inPlace(
      measured(
        "factor: 1000000, limit: 300ms",
        "source: 'SELECT count(*) FROM orders', target: 'SELECT count(*), pg_sleep(0.5) FROM orders'",
      ),
      async ({ cli, database, set }) => {
        const slow = await cli("run", "--env", "development");
        expect(slow.stderr).toContain("TARGET_SLOWER: 1 query is not as fast as it must be:");
        expect(slow.stderr).toMatch(/performance of slow one: \d+ms, [\d.]+m?s before; 300ms is allowed/);
        expect(slow.exit).toBe(4);
        expect(await relations(database.pool)).toEqual([]);
        set(
          measured(
            "factor: 1000000, limit: 2s",
            "source: 'SELECT count(*) FROM orders', target: 'SELECT count(*), pg_sleep(0.5) FROM orders'",
          ),
        );
        const again = await cli("run", "--env", "development");
        expect([again.exit, again.stderr]).toEqual([0, expect.stringContaining("Resuming run")]);
        expect(await relations(database.pool)).toContain("orders");
      },
    ));

  it("a query that fails on a side is named", () =>
    inPlace(measured("factor: 100", "source: 'SELECT nowhere FROM orders'"), async ({ cli, database }) => {
      const result = await cli("run", "--env", "development");
      expect(result.stderr).toMatch(
        /✘ performance of slow one: the query fails on the source: no such column: nowhere/,
      );
      expect(result.stderr).toContain("→ Correct `performance.queries`.");
      expect([result.exit, await relations(database.pool)]).toEqual([2, []]);
    }));
});
