/** `rowhaul check`: a line for everything that is looked at, all of them whatever the others say, and what to do. */
import { statfsSync, truncateSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { inPlace } from "./environments.ts";
import { eventsOf, schemas, value } from "./workspace.ts";

type Line = { readonly name: string; readonly outcome: string; readonly message: string; readonly remedy: string };

const checks = (stdout: string): Line[] => eventsOf(stdout).filter(({ type }) => type === "check") as unknown as Line[];
const short = (lines: readonly Line[]): string[] => lines.map(({ name, outcome }) => `${name} ${outcome}`);

describe.concurrent("check", () => {
  it("of a healthy source says so line by line, and changes nothing", () =>
    inPlace(
      ["development: { maxDowntime: 1h, seed: seed.sql }"],
      async ({ cli, database, space }) => {
        space.write("seed.sql", "SELECT 1;");
        space.write("searches.txt", "a\n");
        space.write("entry.mjs", "export default (row) => row;");
        const before = space.hashes();
        const result = await cli("check", "--env", "development", "--json");
        expect([result.exit, result.stderr]).toEqual([0, ""]);
        const lines = checks(result.stdout);
        expect(short(lines)).toEqual([
          "source ok",
          "target ok",
          "no other run ok",
          "what is there ok",
          "queries ok",
          "functions ok",
          "permissions ok",
          "journal mode ok",
          "integrity ok",
          "foreign keys ok",
          "schema ok",
          "seed ok",
          "disk ok",
          "downtime ok",
        ]);
        expect(lines.every(({ remedy }) => remedy === "")).toBe(true);
        expect(lines.find(({ name }) => name === "schema")?.message).toBe("2 tables, 1 index, 1 view");
        expect(eventsOf(result.stdout).at(-1)).toMatchObject({ type: "result", exit: 0, outcome: "go" });
        expect(space.hashes()).toEqual(before);
        expect(await schemas(database.pool)).toEqual(["public"]);
      },
      "tables: { customers: { transform: ./entry.mjs }, '*': {} }",
      "validate: { search: { queries: searches.txt } }",
    ));

  it("of a sick one names everything at once, each with what to do", () =>
    inPlace(
      ["production: { backups: { folder: nightly } }"],
      async ({ cli, space }) => {
        space.sqlite(`PRAGMA foreign_keys = OFF; INSERT INTO orders (customer_id) VALUES (998), (999);`);
        const result = await cli("check");
        expect(result.exit).toBe(2);
        expect(result.stderr).toContain(
          "  ! foreign keys: 2 rows without parent, 2 of them in orders\n      → Correct the rows, or accept ORPHAN_ROWS in the plan.\n",
        );
        expect(result.stderr).toContain(
          "  ✘ backups: there is no backup in nightly\n      → Make a backup, or set `backup: make`.\n",
        );
        expect(result.stderr).toContain("  ✘ functions: There is no file ./none.mjs with a function.\n");
        expect(result.stderr).toContain("  ✘ application: ");
        // What is well is told all the same.
        expect(result.stderr).toContain("  · integrity: integrity_check found nothing\n");
        const [, summary = ""] = result.stderr.split("Error CHECKS_FAILED: ");
        expect(summary.split("\n").slice(0, 4)).toEqual([
          "3 checks failed:",
          "  functions: There is no file ./none.mjs with a function. A function's path is relative to the pipeline file.",
          expect.stringMatching(/^ {2}application: \S+nowhere\.env does not exist\. /),
          "  backups: there is no backup in nightly. Make a backup, or set `backup: make`.",
        ]);
        expect(summary).toContain("\nTry: Correct what is listed");
      },
      "tables: { customers: { transform: ./none.mjs }, '*': {} }",
      "cutover: [{ file: nowhere.env, set: { A: b } }]",
    ));

  it("of a damaged one: no-go", () =>
    inPlace(["development: {}"], async ({ cli, space }) => {
      space.sqlite("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'orders_customer'");
      const result = await cli("check", "--env", "development");
      expect(result.stderr).toMatch(/✘ integrity: the file is damaged: .+\n {6}→ Restore a backup, or recover with/);
      expect(result.exit).toBe(2);
    }));

  it("without the disk for three times the source: no-go, or a warning if the file says so", () =>
    inPlace(["development: {}"], async ({ cli, set, space }) => {
      const { bavail, bsize } = statfsSync(space.folder);
      // Nothing is written beyond the database's own pages.
      truncateSync(space.path("app.db"), Math.ceil((bavail * bsize) / 2 / 4096) * 4096);
      const result = await cli("check", "--env", "development");
      expect(result.stderr).toMatch(
        /✘ disk: [\d,]+ MB free beside the pipeline; three times the source is [\d,]+ MB\n {6}→ Free space, or set `preflight\.disk: warn`/,
      );
      expect(result.exit).toBe(2);
      set(["development: {}"], "preflight: { disk: warn }");
      const warned = await cli("check", "--env", "development");
      expect([warned.exit, warned.stderr]).toEqual([0, expect.stringContaining("✔ preflight go, with 1 warning")]);
    }));

  it("with a role that lacks rights: the GRANTs are printed, beside what else is wrong", () =>
    inPlace(["development: { seed: none.sql }"], async ({ cli, database, set, space }) => {
      const role = `rowhaul_poor_${process.pid}`;
      await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
      try {
        const url = new URL(database.url);
        url.username = role;
        url.password = "p";
        const target = `target: { kind: postgres, url: "${url.href}" }`;
        set(["development: { seed: none.sql }"], target);
        const both = await cli("check", "--env", "development");
        expect(both.exit).toBe(2);
        expect(both.stderr).toContain(`✘ target: The role ${role} lacks rights on the target.`);
        expect(both.stderr).toMatch(new RegExp(`→ As the owner, run: .*GRANT CREATE ON DATABASE .* TO "${role}";`));
        expect(both.stderr).toContain("CHECKS_FAILED: 2 checks failed:");
        set(["development: {}"], target);
        const one = await cli("check", "--env", "development");
        expect([one.exit, one.stderr]).toEqual([2, expect.stringContaining("TARGET_PERMISSION")]);
        expect(await value(database.pool, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toBe(0);
        expect(space.kept().size).toBe(0);
      } finally {
        await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    }));

  it("of a source that is not there: told once, and the target is looked at all the same", () =>
    inPlace(["development: {}"], async ({ space, database }) => {
      space.write(
        "server.yaml",
        `name: server\nsource: { kind: postgres, url: "postgres://me:s3cret@127.0.0.1:1/x" }\ntarget: { kind: postgres, url: "${database.url}" }\n`,
      );
      const server = await rowhaul(["check", "server.yaml"], { cwd: space.folder });
      expect(server.exit).toBe(2);
      expect(server.stderr).toMatch(/^ {2}✘ source: .*ECONNREFUSED 127\.0\.0\.1:1/m);
      expect(server.stderr).toMatch(/^ {2}· target: PostgreSQL 18/m);
      expect(server.stderr).toContain("Error SOURCE_UNREACHABLE: ");
      expect(server.stderr.match(/ECONNREFUSED/g)).toHaveLength(2);
      expect(server.all).not.toContain("s3cret");
    }));

  it("of a target that holds tables of these names: no-go, as plan says", () =>
    inPlace(["development: {}"], async ({ cli, database, set }) => {
      await database.pool.query(
        "CREATE TABLE orders (mine int); CREATE TABLE others (a int); CREATE VIEW big_orders AS SELECT 1",
      );
      const check = await cli("check", "--env", "development");
      const says = /Schema public of \S+ already holds big_orders, orders\./;
      expect([check.exit, check.stderr]).toEqual([2, expect.stringMatching(says)]);
      expect(check.stderr).toContain("Error TARGET_OCCUPIED: ");
      expect(check.stderr).toContain("  · no other run: none is at work on the schema\n");
      const plan = await cli("plan", "--env", "development");
      expect([plan.exit, plan.stderr]).toEqual([2, expect.stringMatching(says)]);
      expect(plan.stderr.split("Error ")[1]).toBe(check.stderr.split("Error ")[1]);

      // What has another name, or is not moved, is in nobody's way.
      set(["development: {}"], "tables: { orders: { as: new_orders }, customers: {} }", "exclude: [big_orders]");
      const other = await cli("check", "--env", "development");
      expect([other.exit, other.stderr]).toEqual([
        0,
        expect.stringContaining("what is there: nothing in the target bears the name of 2 tables and views to be made"),
      ]);
      expect((await cli("plan", "--env", "development")).exit).toBe(0);
    }));

  it("of tables that would be kept aside, or that rows go into, says so", () =>
    inPlace(["development: {}"], async ({ cli, database, set }) => {
      await database.pool.query("CREATE TABLE orders (mine int)");
      const target = (existing: string): string =>
        `target: { kind: postgres, url: "${database.url}", existing: ${existing} }`;
      set(["development: {}"], target("keep-aside"));
      const aside = await cli("check", "--env", "development");
      expect([aside.exit, aside.stderr]).toEqual([
        0,
        expect.stringContaining("what is there: orders will be kept aside"),
      ]);
      await database.pool.query("CREATE VIEW reads AS SELECT * FROM orders");
      const blocked = await cli("check", "--env", "development");
      expect([blocked.exit, blocked.stderr]).toEqual([2, expect.stringContaining("TARGET_ASIDE_BLOCKED")]);
      set(["development: {}"], target("append"));
      const into = await cli("check", "--env", "development");
      expect([into.exit, into.stderr]).toEqual([0, expect.stringContaining("says whether each of them fits")]);
    }));

  it("of a SQLite file that holds tables, and of sources that are no SQLite", () =>
    inPlace(["development: {}"], async ({ database, space }) => {
      space.sqlite("CREATE TABLE there (a)", "there.db");
      const check = async (source: string, target: string): Promise<[number, string]> => {
        space.write("p.yaml", `name: p\nsource: ${source}\ntarget: ${target}\n`);
        const result = await rowhaul(["check", "p.yaml"], { cwd: space.folder });
        return [result.exit, result.stderr];
      };
      const file = "{ kind: sqlite, path: there.db }";
      expect(await check("{ kind: sqlite, path: app.db }", file)).toEqual([
        2,
        expect.stringMatching(/Error TARGET_OCCUPIED: \S+there\.db already holds there\./),
      ]);
      const server = `{ kind: postgres, url: "${database.url}" }`;
      await database.pool.query('CREATE TABLE rows (a int); CREATE TABLE "there" (a int)');
      space.write("rows.json", '[{"id":1}]');
      space.write("rows.ndjson", '{"id":1}\n{"id":2}\n');
      space.write("many.json", '{"rows":[{"id":1}]}');
      const holds = expect.stringMatching(/Error TARGET_OCCUPIED: Schema public of \S+ already holds rows\./);
      expect(await check("{ kind: json, path: rows.json }", server)).toEqual([2, holds]);
      expect(await check("{ kind: json, path: rows.ndjson }", server)).toEqual([2, holds]);
      const unknown = await check("{ kind: json, path: many.json }", server);
      expect(unknown).toEqual([0, expect.stringContaining("is seen only when it is read")]);
      await rowhaul(["export", "there.db", "exported"], { cwd: space.folder });
      const there = expect.stringMatching(/Error TARGET_OCCUPIED: Schema public of \S+ already holds there\./);
      expect(await check("{ kind: export, path: exported }", server)).toEqual([2, there]);
      const from = `{ kind: postgres, url: "${database.url}" }`;
      expect(await check(from, file)).toEqual([2, expect.stringContaining("there.db already holds there.")]);
    }));
});
