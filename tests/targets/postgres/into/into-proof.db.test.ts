/** The proof of live rows: whatever goes wrong on the way in is seen before anybody else sees a row of it. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import { firing, type IntoScene, into, refusal } from "./into-run.ts";

const rows = (keys: string, more = ""): string =>
  `WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 200) INSERT INTO t SELECT ${keys}, 'v' || i, i * 2${more} FROM k`;

/** A table by kind of key, as the source has it and as the application made it; `key(i)` of its i-th row, and how findings write that. */
const tables = {
  "an integer key": {
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INTEGER); ${rows("i")}`,
    live: "CREATE TABLE t (id bigint PRIMARY KEY, v text, n bigint)",
    key: (i: number) => String(i),
    shown: (i: number) => `id=${i}`,
  },
  "a text key": {
    source: `CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, v TEXT, n INTEGER); ${rows("'k' || i")}`,
    live: "CREATE TABLE t (id text PRIMARY KEY, v text, n bigint)",
    key: (i: number) => `'k${i}'`,
    shown: (i: number) => `id="k${i}"`,
  },
} as const;

const modes = ["append", "merge", "skip", "replace"] as const;
type Mode = (typeof modes)[number];
type Table = (typeof tables)[keyof typeof tables];

/** What was there before: rows that are nobody else's, and where rows are overwritten, some with keys of the source's. */
function others(mode: Mode, { key }: Table): string {
  const own = [1001, 1002, 1003];
  const shared = mode === "append" ? [] : [5, 6, 7, 8];
  return `INSERT INTO t VALUES ${[...own, ...shared].map((i) => `(${key(i)}, 'old ${i}', -${i})`).join(", ")}`;
}

const trigger = (when: string, body: string): string => `
  CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
  CREATE TRIGGER broken ${when} ON t FOR EACH ROW EXECUTE FUNCTION broken()`;

const all = (scene: IntoScene) => scene.rows("SELECT * FROM t ORDER BY id");
const cases = modes.flatMap((mode) => Object.keys(tables).map((kind) => [mode, kind as keyof typeof tables] as const));

describe.concurrent.each(cases)("%s into a table with %s", (mode, kind) => {
  const table: Table = tables[kind];
  const { key, shown } = table;
  const before = `${table.live}; ${others(mode, table)}`;
  const scene = (live: string, work: (scene: IntoScene) => Promise<void>) =>
    into(mode, table.source, `${before}; ${live}`, work, firing());

  /** Breaks; the run is refused with these words, and the table is as it was. */
  const refused = (live: string, words: readonly string[], sabotage: Parameters<IntoScene["run"]>[0] = {}) =>
    scene(live, async (opened) => {
      const then = await all(opened);
      const { code, text } = await refusal(() => opened.run(sabotage));
      expect(code).toBe("VALIDATION_FAILED");
      for (const word of words) expect(text).toContain(word);
      expect(await all(opened)).toEqual(then);
      expect(await opened.rows("SELECT status FROM rowhaul.runs")).toEqual([{ status: "validated" }]);
      expect(await opened.rows("SELECT 1 FROM pg_namespace WHERE nspname ~ '^rowhaul_aside'")).toEqual([]);
    });

  it("a trigger changes a value", () =>
    refused(trigger("BEFORE INSERT OR UPDATE", `IF NEW.id = ${key(17)} THEN NEW.v := 'other'; END IF; RETURN NEW;`), [
      `t ${shown(17)} v The value in the target is another one.`,
    ]));

  it("a trigger drops a row", () =>
    refused(trigger("BEFORE INSERT", `IF NEW.id = ${key(9)} THEN RETURN NULL; END IF; RETURN NEW;`), [
      `t ${shown(9)} The row is missing in the target.`,
    ]));

  it("a trigger doubles a row", () =>
    refused(
      trigger(
        "AFTER INSERT",
        `IF NEW.id = ${key(9)} THEN INSERT INTO public.t VALUES (${key(9999)}, NEW.v, NEW.n); END IF; RETURN NULL;`,
      ),
      [
        `t ${shown(9999)} The `,
        "row that the source has not",
        mode === "replace" ? "201 rows arrived" : "instead of 203",
      ],
    ));

  it.skipIf(mode === "replace").each([
    [
      "a trigger changes another row",
      "UPDATE public.t SET v = 'taken' WHERE id = KEY;",
      `t ${shown(1002)} The switch wrote a row that the source has not`,
    ],
    [
      "a trigger changes another row and catches what may go wrong",
      "BEGIN UPDATE public.t SET v = 'taken' WHERE id = KEY; EXCEPTION WHEN others THEN NULL; END;",
      "t Rows that were in the table before, and are not the source's, were changed or removed.",
    ],
  ])("%s", (_, statement, words) =>
    refused(
      trigger(
        "AFTER INSERT OR UPDATE",
        `IF NEW.id = ${key(9)} THEN ${statement.replace("KEY", key(1002))} END IF; RETURN NULL;`,
      ),
      [words],
    ),
  );

  it.skipIf(mode === "replace")("a trigger deletes another row", () =>
    refused(
      trigger(
        "AFTER INSERT",
        `IF NEW.id = ${key(9)} THEN DELETE FROM public.t WHERE id = ${key(1002)}; END IF; RETURN NULL;`,
      ),
      [
        "t The table held ",
        `before; ${mode === "skip" ? 196 : 200} rows of the source were to be in it, and it holds 202 rows instead of 203`,
      ],
    ),
  );

  it("the staged value is wrong by now", () =>
    scene("", async (opened) => {
      const then = await all(opened);
      const { code, text } = await refusal(() =>
        opened.run({
          before: (plan) => opened.rows(`UPDATE "${plan.target.staging}".t SET n = 3 WHERE id = ${key(150)}`),
        }),
      );
      expect([code, text]).toEqual(["VALIDATION_FAILED", expect.stringContaining(`t ${shown(150)} n The value`)]);
      expect(await all(opened)).toEqual(then);
    }));

  it("the INSERT leaves a column out", () =>
    refused("", ["n The value in the target is another one."], {
      patched: (plan: Plan) => ({
        ...plan,
        tables: plan.tables.map((one) => ({
          ...one,
          columns: one.columns.filter(({ source }) => source !== "n"),
        })),
      }),
    }));

  describe("once it is switched", () => {
    it.each([
      ["one of its rows changed", `UPDATE t SET v = 'changed' WHERE id = ${key(20)}`, `t ${shown(20)} v The value`],
      ["one of its rows is gone", `DELETE FROM t WHERE id = ${key(20)}`, `t ${shown(20)} The row is missing`],
    ])("validate sees that %s", (_, change, words) =>
      scene("", async (opened) => {
        await opened.run();
        expect((await opened.validate()).outcome).toBe("validated");
        await opened.rows(change);
        const { code, text } = await refusal(() => opened.validate());
        expect([code, text]).toEqual(["VALIDATION_FAILED", expect.stringContaining(words)]);
      }),
    );

    it("other rows are the application's business", () =>
      scene("", async (opened) => {
        await opened.run();
        await opened.rows(`INSERT INTO t VALUES (${key(5000)}, 'new', 1)`);
        await opened.rows(`UPDATE t SET v = 'changed' WHERE id = ${key(1001)}`);
        if (mode !== "replace") expect((await opened.validate()).outcome).toBe("validated");
        else expect((await refusal(() => opened.validate())).text).toContain(`t ${shown(5000)} The target has a row`);
      }));
  });
});

describe.concurrent("a table without a key", () => {
  const source = `CREATE TABLE t (v TEXT, n INTEGER); INSERT INTO t VALUES ('a', 1), ('a', 1), ('b', 2), ('c', 3), (NULL, NULL)`;
  const live = "CREATE TABLE t (v text, n bigint); INSERT INTO t VALUES ('a', 1), ('c', 3), ('z', 9)";
  const sorted = ({ rows: ask }: IntoScene) => ask("SELECT * FROM t ORDER BY v, n");
  const breaking = (body: string): string => `${live}; ${trigger("BEFORE INSERT", body)}`;

  it.each([
    [
      "is lost, and equals one that was there",
      "IF NEW.v = 'c' THEN RETURN NULL; END IF; RETURN NEW;",
      'v=text "c", n=integer 3',
    ],
    [
      "is lost, and another comes twice",
      "IF NEW.v = 'c' THEN NEW.v := 'a'; NEW.n := 1; END IF; RETURN NEW;",
      'v=text "c", n=integer 3',
    ],
    ["is another one", "IF NEW.v = 'b' THEN NEW.n := 3; END IF; RETURN NEW;", 'v=text "b", n=integer 2'],
  ])("append: one of ours %s", (_, body, sample) =>
    into(
      "append",
      source,
      breaking(body),
      async (opened) => {
        const then = await sorted(opened);
        const findings: string[] = [];
        const { code, text } = await refusal(() =>
          opened.run({
            onEvent: (event) => {
              if (event.type === "finding") findings.push(event.finding.source ?? "");
            },
          }),
        );
        expect(code).toBe("VALIDATION_FAILED");
        expect(text).toMatch(/t rowid=\d The row is missing in the target/);
        expect(findings).toContain(sample);
        expect(await sorted(opened)).toEqual(then);
      },
      firing(),
    ),
  );

  it("append: rows of others may be equal, and validate asks for ours", () =>
    into("append", source, live, async (opened) => {
      await opened.run();
      expect((await opened.rows("SELECT count(*)::int AS n FROM t"))[0]).toEqual({ n: 8 });
      await opened.validate();
      await opened.rows("DELETE FROM t WHERE v = 'b'");
      expect((await refusal(() => opened.validate())).code).toBe("VALIDATION_FAILED");
    }));

  it("replace: nothing else is left", () =>
    into("replace", source, live, async (opened) => {
      await opened.run();
      expect((await opened.rows("SELECT count(*)::int AS n FROM t"))[0]).toEqual({ n: 5 });
      await opened.rows("INSERT INTO t VALUES ('b', 2)");
      expect((await refusal(() => opened.validate())).code).toBe("VALIDATION_FAILED");
    }));
});

describe.concurrent("what the live table is made of", () => {
  const source = `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n INTEGER); ${rows("i")}`;
  const check = async (opened: IntoScene): Promise<void> => {
    await opened.run();
    await opened.validate();
    await opened.rows("UPDATE t SET v = 'changed' WHERE id = 77");
    expect((await refusal(() => opened.validate())).text).toContain("t id=77 v The value");
    await opened.rows("UPDATE t SET v = 'v77' WHERE id = 77; DELETE FROM t WHERE id = 140");
    expect((await refusal(() => opened.validate())).text).toContain("t id=140 The row is missing");
  };
  const partitions = [0, 1, 2]
    .map((i) => `CREATE TABLE t${i} PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER ${i})`)
    .join("; ");

  it.each(modes)("partitions: %s", (mode) =>
    into(
      mode,
      source,
      `CREATE TABLE t (id bigint PRIMARY KEY, v text, n bigint) PARTITION BY HASH (id); ${partitions}; INSERT INTO t SELECT i, 'old', 0 FROM generate_series(1001, 1200) i`,
      check,
    ),
  );

  it.each(["append", "merge"] as const)("partitions whose rows a trigger changes: %s", (mode) =>
    into(
      mode,
      source,
      `CREATE TABLE t (id bigint PRIMARY KEY, v text, n bigint) PARTITION BY HASH (id); ${partitions}; ${trigger("BEFORE INSERT", "IF NEW.id IN (3, 4) THEN NEW.v := 'other'; END IF; RETURN NEW;")}`,
      async (opened) => {
        const { text } = await refusal(() => opened.run());
        for (const id of [3, 4]) expect(text).toContain(`t id=${id} v The value in the target is another one.`);
        expect(text).toContain("2 differences");
      },
      firing(),
    ),
  );

  it.each(modes)("a child that inherits from it is another table: %s", (mode) =>
    into(
      mode,
      source,
      `CREATE TABLE t (id bigint PRIMARY KEY, v text, n bigint); CREATE TABLE child (more int) INHERITS (t); INSERT INTO child SELECT i, 'old', 0, 1 FROM generate_series(1, 50) i`,
      async (opened) => {
        await opened.run();
        expect(await opened.rows("SELECT count(*)::int AS n FROM child")).toEqual([{ n: 50 }]);
        await opened.validate();
        await opened.rows("DELETE FROM ONLY t WHERE id = 20");
        expect((await refusal(() => opened.validate())).text).toContain("t id=20 The row is missing");
      },
    ),
  );

  it.each(["append", "merge"] as const)("fifty thousand other rows, between and beyond ours: %s", (mode) =>
    into(
      mode,
      source.replace("SELECT i,", "SELECT i * 100,"),
      "CREATE TABLE t (id bigint PRIMARY KEY, v text, n bigint); INSERT INTO t SELECT i, 'old', 0 FROM generate_series(-20000, 40000) i WHERE i % 100 <> 0",
      async (opened) => {
        await opened.run();
        await opened.validate();
        await opened.rows("UPDATE t SET n = 1 WHERE id = 7700");
        const { text } = await refusal(() => opened.validate());
        expect(text).toContain("1 difference between");
        expect(text).toContain("t id=7700 n The value");
      },
    ),
  );

  it("no index on the key, and other rows with the same", () =>
    into(
      "append",
      source,
      "CREATE TABLE t (id bigint, v text, n bigint); INSERT INTO t SELECT i, 'old', 0 FROM generate_series(1, 300) i",
      check,
    ));

  it.each(["integer", "text"])("a trigger that keeps equal rows from being written again: %s", (kind) =>
    into(
      "merge",
      kind === "integer" ? source : tables["a text key"].source,
      `${tables[kind === "integer" ? "an integer key" : "a text key"].live}; INSERT INTO t SELECT ${kind === "integer" ? "i" : "'k' || i"}, 'v' || i, i * 2 FROM generate_series(50, 150) i;
       CREATE TRIGGER same BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
      async (opened) => {
        await opened.run();
        expect(await opened.rows("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 200 }]);
        await opened.validate();
        await opened.rollback();
        expect(await opened.rows("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 101 }]);
      },
      firing(),
    ),
  );
});
