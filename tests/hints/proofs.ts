/** Errors of values, constraints and proofs, of the switch and of the way back. */
import { expect } from "vitest";
import type { Cases } from "./cases.ts";
import { type Place, shop } from "./place.ts";

const count = (place: Place): Promise<unknown> => place.value("SELECT count(*)::int FROM orders");

const switched = 'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }';

export const proofs = {
  TRANSFORM_FAILED: {
    when: "a value has no exact result: quarantine, as the hint says",
    async then(place) {
      place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '7'), (2, 'x')");
      place.pipeline("tables: { t: { columns: { v: { cast: integer } } } }");
      const { text, hint } = await place.refused("TRANSFORM_FAILED", "run", "pipeline.yaml");
      for (const part of ["table t", "id=2", "v", "x"]) expect(text).toContain(part);
      const [, setting = ""] = /`(onError: quarantine)`/.exec(hint) ?? [];
      place.pipeline(`tables: { t: { columns: { v: { cast: integer } }, ${setting} } }`);
      await place.ends("run", "pipeline.yaml");
      expect(await place.value("SELECT count(*)::int FROM t")).toBe(1);
    },
  },
  TRANSFORM_RUBBISH: {
    when: "a function returns what no cell can hold",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write("f.mjs", "export default (row) => ({ ...row, name: NaN });\n");
      place.pipeline('tables: { "*": {}, customers: { transform: ./f.mjs } }');
      const { text, hint } = await place.refused("TRANSFORM_RUBBISH", "run", "pipeline.yaml");
      expect(text).toContain("name");
      expect(hint).toContain("Correct the function");
      place.space.write("f.mjs", "export default (row) => ({ ...row, name: 'N' });\n");
      await place.ends("run", "pipeline.yaml");
    },
  },
  TARGET_REFUSED: {
    when: "a check cannot be computed for a value: gone without by the printed lines",
    async then(place) {
      place.space.sqlite(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n * 10 <> 7)); INSERT INTO t VALUES (1, 9223372036854775807)",
      );
      place.pipeline();
      const printed = await place.refused("TARGET_REFUSED", "run", "pipeline.yaml");
      expect(printed.text).toContain("bigint out of range");
      place.add(printed.lines);
      await place.follow(printed.command("run"));
      expect(await place.value("SELECT n::text FROM t")).toBe("9223372036854775807");
    },
  },
  CONSTRAINT_VIOLATED: [
    {
      when: "an accepted change makes rows equal: each is named",
      async then(place) {
        // One without its NUL and the other with U+FFFD are the same text; either alone is not, so the plan knows of none.
        place.space.sqlite(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE); INSERT INTO t VALUES (1, CAST(x'6100efbfbd' AS TEXT)), (2, CAST(x'61ff' AS TEXT)), (3, 'b')",
        );
        place.pipeline(
          "accept:",
          "  - { code: NUL_IN_TEXT, column: t.v, policy: strip }",
          "  - { code: INVALID_TEXT, column: t.v, policy: replace }",
        );
        const printed = await place.refused("CONSTRAINT_VIOLATED", "run", "pipeline.yaml");
        expect(printed.details).toEqual(["Key (v)=(a\ufffd) is duplicated.", "id=1: v=a\ufffd", "id=2: v=a\ufffd"]);
        place.add(printed.lines.replace(/^accept:\n/, ""));
        await place.follow(printed.command("run"));
        // The rows that were to be changed stay behind instead.
        expect(await place.value("SELECT string_agg(id || v, ' ' ORDER BY id) FROM t")).toBe("3b");
      },
    },
    {
      when: "a trigger refuses rows: switched off by the printed lines",
      async then(place) {
        place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
        await place.sql(
          "CREATE TABLE t (id int PRIMARY KEY)",
          "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not two' USING ERRCODE = 'P0001'; END $$",
          "CREATE TRIGGER gate BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION no()",
        );
        place.pipeline(
          'target: { kind: postgres, url: "${DATABASE_URL}", existing: append }',
          "accept:",
          "  - { code: TRIGGER_FIRES, object: t.gate, policy: keep }",
        );
        const printed = await place.refused("CONSTRAINT_VIOLATED", "run", "pipeline.yaml");
        expect(printed.hint).toContain("the printed lines");
        place.add(printed.lines.replace(/^accept:\n/, ""));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT count(*)::int FROM t")).toBe(2);
      },
    },
  ],
  VALIDATION_FAILED: [
    {
      when: "the application changed a row: the printed command shows the finding",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("run", "pipeline.yaml");
        await place.sql("UPDATE customers SET name = 'Eve' WHERE id = 1");
        const printed = await place.refused("VALIDATION_FAILED", "validate", "pipeline.yaml");
        expect(printed.text).toMatch(/customers id=1 name /);
        expect((await place.follow(printed.command("report"))).stdout).toContain("id=1");
      },
    },
    {
      when: "the same after a copy",
      async then(place) {
        place.space.sqlite(shop);
        await place.ends("copy", "app.db", place.shown, "--schema", "mine");
        await place.sql("DELETE FROM mine.orders WHERE id = 1");
        const printed = await place.refused("VALIDATION_FAILED", "validate", "app.db", place.shown, "--schema", "mine");
        expect((await place.follow(printed.command("report"))).stdout).toContain("orders");
      },
    },
    {
      when: "a trigger writes another value: kept by the printed lines",
      async then(place) {
        place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')");
        await place.sql(
          "CREATE TABLE t (id int PRIMARY KEY, v text)",
          "CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v = upper(NEW.v); RETURN NEW; END $$",
          "CREATE TRIGGER up BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION up()",
        );
        place.pipeline(
          'target: { kind: postgres, url: "${DATABASE_URL}", existing: append }',
          "accept:",
          "  - { code: TRIGGER_FIRES, object: t.up, policy: keep }",
        );
        const printed = await place.refused("VALIDATION_FAILED", "run", "pipeline.yaml");
        expect(printed.hint).toContain("the printed lines");
        place.add(printed.lines.replace(/^accept:\n/, ""));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT v FROM t")).toBe("A");
      },
    },
  ],
  TARGET_SLOWER: {
    when: "a query takes longer than it may",
    async then(place) {
      place.space.sqlite(shop);
      const limited = (limit: string): void =>
        place.pipeline(
          `environments: { development: { performance: { factor: 1000000, limit: ${limit}, runs: 1, queries: [{ name: slow, source: 'SELECT count(*) FROM orders', target: 'SELECT count(*), pg_sleep(0.3) FROM orders' }] } } }`,
        );
      limited("100ms");
      const { hint } = await place.refused("TARGET_SLOWER", "run", "pipeline.yaml", "--env", "development");
      expect(hint).toContain("`performance.limit`");
      limited("60s");
      await place.ends("run", "pipeline.yaml", "--env", "development");
    },
  },
  CUTOVER_FAILED: {
    when: "the health check fails: corrected, the printed command goes on",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write(".env", "DATABASE_URL=old\n");
      place.space.write("check.sh", "exit 1\n");
      place.pipeline(`${switched}, { check: "sh check.sh" }]`);
      const printed = await place.refused("CUTOVER_FAILED", "run", "pipeline.yaml");
      expect(place.space.read(".env")).toBe("DATABASE_URL=old\n");
      place.space.write("check.sh", "exit 0\n");
      await place.follow(printed.command("run"));
      expect(await count(place)).toBe(3);
    },
  },
  OPEN_JOURNAL: [
    {
      when: "killed in the middle of a cutover: rolled back by the printed command",
      async then(place) {
        await killed(place);
        const printed = await place.refused("OPEN_JOURNAL", "clean", "pipeline.yaml", "--yes");
        await place.follow(`${printed.command("rollback")} --yes`);
        expect(place.space.read(".env")).toBe("DATABASE_URL=old\n");
        await place.ends("clean", "pipeline.yaml", "--yes");
      },
    },
    {
      when: "killed in the middle of a cutover: undone and done by the printed command",
      async then(place) {
        await killed(place);
        const printed = await place.refused("OPEN_JOURNAL", "run", "pipeline.yaml", "--fresh", "--dry-run");
        place.space.write("check.sh", "exit 0\n");
        await place.follow(printed.command("run"));
        expect(await count(place)).toBe(3);
        expect(place.space.read(".env")).not.toContain("old");
      },
    },
  ],
  UNDO_FAILED: {
    when: "a file was changed while the check ran: put back by hand, as printed",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write(".env", "DATABASE_URL=old\n");
      place.space.write("check.sh", "echo MINE=1 >> .env; exit 1\n");
      place.pipeline(`${switched}, { check: "sh check.sh" }]`);
      const { details, hint } = await place.refused("UNDO_FAILED", "run", "pipeline.yaml");
      expect(hint).toBe("Do the printed steps by hand.");
      const [, file, backup] = /By hand: compare (\S+) with (\S+) \(/.exec(details.join("\n")) ?? [];
      await place.follow(`cp '${backup}' '${file}'`);
      place.space.write("check.sh", "exit 0\n");
      await place.ends("run", "pipeline.yaml");
      expect(await count(place)).toBe(3);
    },
  },
  ROLLBACK_REFUSED: {
    when: "the new tables were written to",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline();
      await place.ends("run", "pipeline.yaml");
      await place.sql("INSERT INTO customers VALUES (3, 'Joan')");
      const { hint } = await place.refused("ROLLBACK_REFUSED", "rollback", "pipeline.yaml", "--yes");
      const [option = ""] = /--[\w-]+/.exec(hint) ?? [];
      await place.ends("rollback", "pipeline.yaml", "--yes", option);
      expect(await place.value("SELECT to_regclass('public.orders')::text")).toBeNull();
    },
  },
  TARGET_WRITTEN: {
    when: "another run would put aside what the application wrote",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline('target: { kind: postgres, url: "${DATABASE_URL}", existing: keep-aside }');
      await place.ends("run", "pipeline.yaml");
      await place.sql("INSERT INTO customers VALUES (3, 'Joan')");
      place.space.sqlite("UPDATE customers SET name = 'Ada L.' WHERE id = 1");
      const printed = await place.refused("TARGET_WRITTEN", "run", "pipeline.yaml");
      const [option = ""] = /--[\w-]+/.exec(printed.hint) ?? [];
      await place.ends("run", "pipeline.yaml", option);
      expect(await place.value("SELECT name FROM customers WHERE id = 1")).toBe("Ada L.");
      await place.follow(`${printed.command("clean")} --yes`);
      expect(await place.value("SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'rowhaul_aside%'")).toBe(0);
    },
  },
  SEED_FAILED: {
    when: "a statement of the seed fails: put in by the command that is printed, once it is mended",
    async then(place) {
      place.space.sqlite(shop);
      place.space.write("seed.sql", "INSERT INTO nowhere VALUES (1);\n");
      place.pipeline("environments: { development: { seed: seed.sql } }");
      const printed = await place.refused("SEED_FAILED", "run", "pipeline.yaml", "--env", "development");
      place.space.write("seed.sql", "INSERT INTO customers VALUES (3, 'Joan');\n");
      expect(printed.hint).toContain("then run the same command again");
      await place.ends("run", "pipeline.yaml", "--env", "development");
      expect(await place.value("SELECT name FROM customers WHERE id = 3")).toBe("Joan");
    },
  },
} satisfies Cases;

/** The check kills the process that waits for it. */
async function killed(place: Place): Promise<void> {
  place.space.sqlite(shop);
  place.space.write(".env", "DATABASE_URL=old\n");
  place.space.write("check.sh", "kill -9 $(ps -o ppid= -p $PPID)\n");
  place.pipeline(`${switched}, { check: "sh check.sh" }]`);
  const { signal } = await place.start("run", "pipeline.yaml").ended;
  expect(signal).toBe("SIGKILL");
}
