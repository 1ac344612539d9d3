/** What hangs on live tables: triggers, policies, partitions, foreign keys. */
import { describe, expect, it } from "vitest";
import { firing, into, refusal } from "./into-run.ts";

describe.concurrent("what hangs on live tables", () => {
  const source =
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, \'new\'), (2, \'new\'); CREATE TABLE "größe 表" ("schlüssel ""x""" TEXT PRIMARY KEY, ä INTEGER); INSERT INTO "größe 表" VALUES (\'ключ\', 1)';
  const unicode = 'CREATE TABLE "größe 表" ("schlüssel ""x""" text PRIMARY KEY, ä bigint)';

  it("triggers fire on the way in, and change nothing on the way back", () =>
    into(
      "merge",
      source,
      `${unicode}; CREATE TABLE log (what text); CREATE TABLE t (id int PRIMARY KEY, v text, touched int NOT NULL DEFAULT 0);
       INSERT INTO t VALUES (1, 'old', 3);
       CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := NEW.touched + 1; INSERT INTO public.log VALUES (TG_OP); RETURN NEW; END $$;
       CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
       CREATE TRIGGER off BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t DISABLE TRIGGER off`,
      async (scene) => {
        await scene.run();
        // The conflicting row meets the INSERT trigger first, then that of the update.
        expect(await scene.rows("SELECT * FROM t ORDER BY id")).toEqual([
          { id: 1, v: "new", touched: 4 },
          { id: 2, v: "new", touched: 1 },
        ]);
        const logged = await scene.rows("SELECT what FROM log");
        expect(logged.length).toBe(3);
        expect(await scene.rows('SELECT * FROM "größe 表"')).toEqual([{ 'schlüssel "x"': "ключ", ä: "1" }]);
        await scene.rollback();
        expect(await scene.rows("SELECT * FROM t")).toEqual([{ id: 1, v: "old", touched: 3 }]);
        expect(await scene.rows("SELECT what FROM log")).toEqual(logged);
        expect(await scene.rows('SELECT * FROM "größe 表"')).toEqual([]);
        expect(
          await scene.rows(
            "SELECT tgname::text AS name, tgenabled AS on FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
          ),
        ).toEqual([
          { name: "off", on: "D" },
          { name: "touch", on: "O" },
        ]);
      },
      firing("log"),
    ));

  it("a trigger that changes what came is found out", () =>
    into(
      "append",
      source,
      `${unicode}; CREATE TABLE t (id int PRIMARY KEY, v text);
       CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := upper(NEW.v); RETURN NEW; END $$;
       CREATE TRIGGER up BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION up()`,
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("VALIDATION_FAILED");
        expect(text).toContain("2 differences between source and target.");
        expect(text).toContain("t id=1 v The value in the target is another one.");
        expect(await scene.rows("SELECT * FROM t")).toEqual([]);
      },
      firing(),
    ));

  it("a database in which triggers and foreign keys are off for everybody is refused", () =>
    into(
      "append",
      source,
      `CREATE TABLE t (id int PRIMARY KEY, v text);
       DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`,
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("TARGET_SETTING");
        expect(text).toContain("session_replication_role");
        expect(await scene.rows("SELECT * FROM t")).toEqual([]);
      },
    ));

  it("policies, owners and privileges stay, and partitions are found", () =>
    into(
      "replace",
      source,
      `${unicode}; CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
       CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (2) TO (100);
       INSERT INTO t VALUES (1, 'old'), (50, 'old'); GRANT SELECT ON t TO pg_monitor;
       ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (id < 40)`,
      async (scene) => {
        const about = `SELECT relacl::text, relrowsecurity, relforcerowsecurity, (SELECT count(*)::int FROM pg_policy WHERE polrelid = c.oid) AS policies FROM pg_class c WHERE relname = 't' AND relkind = 'p'`;
        const then = await scene.rows(about);
        await scene.run();
        expect(await scene.rows("SELECT * FROM t ORDER BY id")).toEqual([
          { id: 1, v: "new" },
          { id: 2, v: "new" },
        ]);
        expect(await scene.rows("SELECT * FROM t2")).toEqual([{ id: 2, v: "new" }]);
        expect(await scene.rows(about)).toEqual(then);
        await scene.rows("UPDATE t2 SET v = 'written'");
        expect((await refusal(() => scene.rollback())).code).toBe("ROLLBACK_REFUSED");
        await scene.rollback(true);
        expect(await scene.rows("SELECT * FROM t ORDER BY id")).toEqual([
          { id: 1, v: "old" },
          { id: 50, v: "old" },
        ]);
      },
    ));
});

describe.concurrent("foreign keys", () => {
  const circle = `CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b(id)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id), up INTEGER REFERENCES b(id));
     INSERT INTO a VALUES (1, 2), (2, 1); INSERT INTO b VALUES (1, 2, 2), (2, 1, 1)`;
  const tables = (deferrable: string): string =>
    `CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int CONSTRAINT to_a REFERENCES a, up int REFERENCES b);
     ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b ${deferrable}; INSERT INTO a VALUES (5, NULL); INSERT INTO b VALUES (6, 5, 6)`;
  const both = "SELECT 'a' AS t, id, b AS x FROM a UNION ALL SELECT 'b', id, a FROM b ORDER BY 1, 2";

  const circles = (["append", "replace", "merge"] as const).flatMap((mode) =>
    ["DEFERRABLE", "NOT DEFERRABLE"].map((how) => [mode, how] as const),
  );

  it.each(circles)("in a circle are met by all rows at once: %s, %s", (mode, how) =>
    into(mode, circle, tables(how), async (scene) => {
      const then = await scene.rows(both);
      await scene.run();
      const expected = [
        { t: "a", id: 1, x: 2 },
        { t: "a", id: 2, x: 1 },
        { t: "a", id: 5, x: null },
        { t: "b", id: 1, x: 2 },
        { t: "b", id: 2, x: 1 },
        { t: "b", id: 6, x: 5 },
      ].filter(({ id }) => mode !== "replace" || id < 5);
      expect(await scene.rows(both)).toEqual(expected);
      await scene.rollback();
      expect(await scene.rows(both)).toEqual(then);
    }),
  );

  it("without an index on the child keep neither way waiting, and get none", () =>
    into(
      "replace",
      "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id)); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO a SELECT i FROM n; INSERT INTO b SELECT id, id FROM a",
      "CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, a bigint REFERENCES a); INSERT INTO a SELECT generate_series(1, 40000); INSERT INTO b SELECT id, id FROM a",
      async (scene) => {
        const indexes = "SELECT indexname::text AS name FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
        const count = "SELECT (SELECT count(*) FROM a)::int AS a, (SELECT count(*) FROM b)::int AS b";
        await scene.run();
        expect(await scene.rows(count)).toEqual([{ a: 30000, b: 30000 }]);
        await scene.rollback();
        expect(await scene.rows(count)).toEqual([{ a: 40000, b: 40000 }]);
        expect(await scene.rows(indexes)).toEqual([{ name: "a_pkey" }, { name: "b_pkey" }]);
      },
    ));

  it("that the rows break are named", () =>
    into(
      "append",
      "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER); INSERT INTO a VALUES (1, 9)",
      "CREATE TABLE other (id int PRIMARY KEY); CREATE TABLE a (id int PRIMARY KEY, b int CONSTRAINT to_other REFERENCES other)",
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("HAZARDS_NOT_ACCEPTED");
        expect(text).toContain("ORPHAN_ROWS a.b");
        expect(text).toContain("to_other");
      },
    ));
});
