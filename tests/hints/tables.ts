/** Errors of tables that are there already, and of what the plan asks. */
import { expect } from "vitest";
import type { Cases } from "./cases.ts";
import type { Place } from "./place.ts";

const one = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')";
const into = (mode: string): string => `target: { kind: postgres, url: "\${DATABASE_URL}", existing: ${mode} }`;

const texts = (place: Place): Promise<unknown> => place.value("SELECT string_agg(v, ' ' ORDER BY id) FROM t");

export const tables = {
  TARGET_OCCUPIED: [
    {
      when: "a pipeline's tables are there",
      async then(place) {
        place.space.sqlite(one);
        await place.sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (9, 'theirs')");
        place.pipeline();
        const { hint } = await place.refused("TARGET_OCCUPIED", "run", "pipeline.yaml");
        const modes = [...hint.matchAll(/`(?:target\.existing: )?([\w-]+)`/g)].map(([, mode = ""]) => mode);
        expect(modes).toEqual(["append", "merge", "skip", "replace", "keep-aside"]);
        place.pipeline(into(modes[0] ?? ""));
        await place.ends("run", "pipeline.yaml");
        expect(await texts(place)).toBe("a b theirs");
      },
    },
    {
      when: "a copy's tables are there: each printed option",
      async then(place) {
        place.space.sqlite(one);
        await place.sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (9, 'theirs')");
        const { hint } = await place.refused("TARGET_OCCUPIED", "copy", "app.db", place.shown);
        const options = hint.match(/--[\w-]+/g) ?? [];
        expect(options).toEqual(["--append", "--merge", "--skip", "--replace", "--keep-aside", "--schema"]);
        await place.ends("copy", "app.db", place.shown, "--append");
        await place.ends("rollback", "app.db", place.shown, "--yes");
        await place.ends("copy", "app.db", place.shown, "--replace");
        expect(await texts(place)).toBe("a b");
        await place.ends("copy", "app.db", place.shown, "--schema", "elsewhere");
        expect(await place.value("SELECT count(*)::int FROM elsewhere.t")).toBe(2);
      },
    },
    {
      when: "a file has tables",
      async then(place) {
        place.space.sqlite(one);
        place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "out.db");
        const { hint } = await place.refused("TARGET_OCCUPIED", "copy", "app.db", "out.db");
        expect(hint.match(/--[\w-]+/g)).toEqual(["--append", "--merge", "--skip", "--replace", "--keep-aside"]);
        await place.ends("copy", "app.db", "out.db", "--append");
      },
    },
  ],
  TARGET_ASIDE_BLOCKED: {
    when: "a view of another schema reads the table",
    async then(place) {
      place.space.sqlite(one);
      await place.sql("CREATE TABLE t (id int); CREATE SCHEMA other; CREATE VIEW other.w AS SELECT id FROM t");
      place.pipeline(into("keep-aside"));
      const { text, hint } = await place.refused("TARGET_ASIDE_BLOCKED", "run", "pipeline.yaml");
      expect(text).toContain("other.w depends on public.t");
      expect(hint).toContain("Move the dependants");
      await place.sql("DROP VIEW other.w");
      await place.ends("run", "pipeline.yaml");
    },
  },
  TARGET_MISMATCH: [
    {
      when: "a parent is to be emptied, and children stay: the printed lines, for a pipeline",
      async then(place) {
        place.space.sqlite(
          "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1, 1)",
        );
        await place.sql(
          "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO c VALUES (9, 2)",
        );
        place.pipeline(into("append"), "tables:", '  "*": {}', "  p: { existing: replace }");
        const printed = await place.refused("TARGET_MISMATCH", "run", "pipeline.yaml");
        expect(printed.hint).toContain("the printed lines");
        // The file has that section already; its heading is not pasted a second time.
        place.add(printed.lines.replace(/^tables:\n/, ""));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT string_agg(id || '>' || p, ' ') FROM c")).toBe("1>1");
      },
    },
    {
      when: "a view bears the table's name, for a copy",
      async then(place) {
        place.space.sqlite(one);
        await place.sql("CREATE VIEW t AS SELECT 1 AS id, 'a' AS v; CREATE TABLE u (id int PRIMARY KEY, v text)");
        const printed = await place.refused("TARGET_MISMATCH", "copy", "app.db", place.shown, "--append");
        expect(printed.text).toContain("`as`");
        await place.follow(printed.command("init"));
        place.space.write("app.yaml", place.space.read("app.yaml").replace(/^ {2}"t":.*$/m, '  "t":\n    as: u'));
        await place.ends("run", "app.yaml");
        expect(await place.value("SELECT count(*)::int FROM u")).toBe(2);
      },
    },
  ],
  TARGET_CHANGED: {
    when: "the application migrates between plan and switch: run again, and it is planned anew",
    async then(place) {
      place.space.sqlite(one);
      await place.sql(
        "CREATE TABLE t (id int PRIMARY KEY, v text)",
        // The migration comes while keys are made in staging.
        `CREATE FUNCTION migrate() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
           IF current_setting('hints.migrated', true) IS DISTINCT FROM 'yes' THEN
             PERFORM set_config('hints.migrated', 'yes', true); ALTER TABLE public.t ADD COLUMN IF NOT EXISTS w int;
           END IF; END $$;
         CREATE EVENT TRIGGER migrate ON ddl_command_start WHEN TAG IN ('ALTER TABLE', 'CREATE INDEX') EXECUTE FUNCTION migrate()`,
      );
      place.pipeline(into("append"));
      const { hint, text } = await place.refused("TARGET_CHANGED", "run", "pipeline.yaml");
      expect(text).toContain("the definition of t in schema public changed");
      await place.sql("DROP EVENT TRIGGER migrate");
      expect(hint).toBe("Run again: the plan is made anew.");
      await place.ends("run", "pipeline.yaml");
      expect(await texts(place)).toBe("a b");
    },
  },
  TRIGGER_WRITES: [
    {
      when: "a trigger keeps a count: accepted by the printed lines",
      async then(place) {
        await counted(place);
        const printed = await place.refused("TRIGGER_WRITES", "run", "pipeline.yaml");
        place.add(printed.lines.replace(/^accept:\n/, ""));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT total::int FROM n")).toBe(2);
      },
    },
    {
      when: "a trigger keeps a count: switched off by the printed entry",
      async then(place) {
        await counted(place);
        const { details, hint } = await place.refused("TRIGGER_WRITES", "run", "pipeline.yaml");
        expect(hint).toContain("policy: disable");
        const [, entry = ""] = /to switch one off: (\{.*\})\.$/m.exec(details.join("\n")) ?? [];
        place.add(`  - ${entry}\n`);
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT total::int FROM n")).toBe(0);
      },
    },
    {
      when: "a rule writes: there is no trigger to switch off",
      async then(place) {
        place.space.sqlite(one);
        await place.sql(
          "CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE n (id int); CREATE RULE note AS ON INSERT TO t DO ALSO INSERT INTO n VALUES (NEW.id)",
        );
        place.pipeline(into("append"));
        const printed = await place.refused("TRIGGER_WRITES", "run", "pipeline.yaml");
        expect(printed.hint).not.toContain("trigger");
        place.add(printed.lines);
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT count(*)::int FROM n")).toBe(2);
      },
    },
  ],
  TARGET_ROW_SECURITY: {
    when: "a table that would be replaced is protected row by row",
    async then(place) {
      place.space.sqlite(one);
      await place.sql("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY");
      place.pipeline(into("keep-aside"));
      const { hint } = await place.refused("TARGET_ROW_SECURITY", "run", "pipeline.yaml");
      const [, setting = ""] = /`target\.(rowSecurity: enable)`/.exec(hint) ?? [];
      place.pipeline(into(`keep-aside, ${setting}`));
      await place.ends("run", "pipeline.yaml");
      expect(await place.value("SELECT relrowsecurity FROM pg_class WHERE oid = 'public.t'::regclass")).toBe(true);
      const copied = await place.refused("TARGET_ROW_SECURITY", "copy", "app.db", place.shown, "--keep-aside");
      await place.follow(copied.command("init"));
      expect(place.space.read("app.yaml")).toContain("existing:");
    },
  },
  HAZARDS_NOT_ACCEPTED: [
    {
      when: "a row has a value that another row has in a unique key there: matched by that, as the message says",
      async then(place) {
        place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')");
        await place.sql("CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL UNIQUE); INSERT INTO t VALUES (5, 'a')");
        const into = 'target: { kind: postgres, url: "${DATABASE_URL}", existing: merge }';
        place.pipeline(into);
        const { details } = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml");
        expect(details[1]?.trim()).toBe("id=1: a, as 5 has there");
        const [, tables = ""] = /match the rows by it \(`([^`]+)`\)/.exec(details[0] ?? "") ?? [];
        place.pipeline(into, tables.replace(/^tables: (.*)$/, "tables: { $1 }"));
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT string_agg(id || v, ' ') FROM t")).toBe("5a");
      },
    },
    {
      when: "rows break a check of their own: named by key and value, and asked about with the printed lines",
      async then(place) {
        place.space.sqlite(
          "PRAGMA ignore_check_constraints = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0)); INSERT INTO t VALUES (1, -1), (2, 2), (3, -3), (4, -4), (5, -5)",
        );
        place.pipeline();
        const printed = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml");
        expect(printed.text).toMatch(/CHECK_BROKEN t\.t_check1: 4 rows violate CHECK \(n > 0\)\n\s+id=1: integer -1\n/);
        place.add(printed.lines);
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT count(*)::int FROM t")).toBe(5);
        const alone = await place.refused("HAZARDS_NOT_ACCEPTED", "copy", "app.db", place.shown, "--keep-aside");
        await place.follow(alone.command("init"));
        expect(place.space.read("app.yaml")).toContain("CHECK_BROKEN");
      },
    },
    {
      when: "every question has a default",
      async then(place) {
        narrow(place, "INSERT INTO t VALUES (3, 'c' || char(0))");
        place.pipeline();
        const printed = await place.refused("HAZARDS_NOT_ACCEPTED", "plan", "pipeline.yaml");
        expect(printed.details).toEqual([
          expect.stringContaining("NUL_IN_TEXT t.v"),
          expect.stringContaining("id=3: "),
        ]);
        expect(printed.hint).toContain("take every default with --accept-all");
        await place.ends("plan", "pipeline.yaml", "--accept-all");
        place.add(printed.lines);
        await place.ends("run", "pipeline.yaml");
        expect(await texts(place)).toBe("a b c");
      },
    },
    {
      when: "what is asked has none: --accept-all gives only the others",
      async then(place) {
        narrow(place, "INSERT INTO t VALUES (3, 'c' || char(0)), (4, 'long')");
        await place.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(2))");
        place.pipeline(into("append"));
        const printed = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml");
        expect(printed.text).toContain("TARGET_NARROWS t.v: 1 value has more than 2 characters");
        expect(printed.text).toContain("id=4: ");
        expect(printed.hint).toContain("--accept-all gives only 1 of them");
        const left = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml", "--accept-all");
        expect(left.hint).toContain("--accept-all gives none of them");
        place.add(printed.lines);
        await place.ends("run", "pipeline.yaml");
        expect(await texts(place)).toBe("a b c lo");
      },
    },
    {
      when: "no line can answer it: the message says what does, alone and beside others",
      async then(place) {
        place.space.sqlite(
          "CREATE TABLE t (id INTEGER, v TEXT, w TEXT); INSERT INTO t VALUES (1, 'a', 'x'), (2, 'a', 'long')",
        );
        await place.sql("CREATE TABLE t (id int, v text UNIQUE, w varchar(2))");
        place.pipeline(into("append"));
        const both = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml");
        expect(both.lines).not.toContain("KEYS_MEET");
        expect(both.hint).toContain("What has no line says in its message what to do.");
        place.add(both.lines);
        const alone = await place.refused("HAZARDS_NOT_ACCEPTED", "run", "pipeline.yaml");
        expect([alone.lines, alone.hint]).toEqual(["", "See each message: it says what to do."]);
        const [, setting = ""] = /select with `(\w+)`/.exec(alone.text) ?? [];
        place.pipeline(into("append"), `tables: { t: { ${setting}: "id = 1" } }`);
        await place.ends("run", "pipeline.yaml");
        expect(await texts(place)).toBe("a");
      },
    },
    {
      when: "a copy into new tables: --accept-all, or the file that the printed command writes",
      async then(place) {
        narrow(place, "INSERT INTO t VALUES (3, 'c' || char(0))");
        const printed = await place.refused("HAZARDS_NOT_ACCEPTED", "copy", "app.db", place.shown);
        expect(printed.lines).toBe("");
        expect(printed.hint).toContain("--accept-all");
        await place.follow(printed.command("init"));
        expect(place.space.read("app.yaml")).toContain("NUL_IN_TEXT");
        await place.ends("run", "app.yaml", "--accept-all");
        expect(await texts(place)).toBe("a b c");
      },
    },
    {
      when: "a copy into tables that are there: the printed command writes a file with the questions",
      async then(place) {
        narrow(place, "INSERT INTO t VALUES (4, 'long')");
        await place.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(2))");
        const printed = await place.refused("HAZARDS_NOT_ACCEPTED", "copy", "app.db", place.shown, "--append");
        await place.follow(printed.command("init"));
        // The file says to take that line out for its own answers, which are those that are printed.
        place.space.write("app.yaml", place.space.read("app.yaml").replace("accept: []\n", printed.lines));
        await place.ends("run", "app.yaml");
        expect(await texts(place)).toBe("a b lo");
      },
    },
  ],
  PLAN_INVALID: [
    {
      when: "a table is mistyped",
      async then(place) {
        place.space.sqlite(one);
        place.pipeline("exclude: [tt]");
        const { details } = await place.refused("PLAN_INVALID", "run", "pipeline.yaml");
        expect(details).toEqual(["It has: t"]);
        const copied = await place.refused("PLAN_INVALID", "copy", "app.db", place.shown, "--tables", "tt");
        expect(copied.details).toEqual(["It has: t"]);
        await place.ends("copy", "app.db", place.shown, "--tables", "t");
      },
    },
    {
      when: "a type does not fit: table, column, key and value are named",
      async then(place) {
        place.space.sqlite(one);
        place.pipeline("tables: { t: { columns: { v: { type: integer } } } }");
        const { text, details, hint } = await place.refused("PLAN_INVALID", "run", "pipeline.yaml");
        expect(text).toContain("t.v: 2 value(s) are no integers");
        expect(details).toEqual(['id=1: text "a"']);
        expect(hint).toContain("remove the column's `type`");
        place.pipeline("tables: { t: {} }");
        await place.ends("run", "pipeline.yaml");
      },
    },
    {
      when: "every column is dropped: the table is left out as the hint says",
      async then(place) {
        place.space.sqlite(`${one}; CREATE TABLE u (id INTEGER PRIMARY KEY)`);
        place.pipeline('tables: { "*": {}, t: { drop: [id, v] } }');
        const { hint } = await place.refused("PLAN_INVALID", "run", "pipeline.yaml");
        const [, setting = ""] = /`(\w+)`/.exec(hint) ?? [];
        place.pipeline(`${setting}: [t]`);
        await place.ends("run", "pipeline.yaml");
        expect(await place.value("SELECT to_regclass('public.t')::text")).toBeNull();
      },
    },
    {
      when: "a column of search.like is none: written as the hint says",
      async then(place) {
        place.space.sqlite(one);
        place.pipeline("search: { like: [v] }");
        const { hint } = await place.refused("PLAN_INVALID", "run", "pipeline.yaml");
        expect(hint).toContain("table.column");
        place.pipeline("search: { like: [t.v] }");
        await place.ends("plan", "pipeline.yaml");
      },
    },
  ],
} satisfies Cases;

async function counted(place: Place): Promise<void> {
  place.space.sqlite(one);
  await place.sql(
    `CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE n (total int); INSERT INTO n VALUES (0);
     CREATE FUNCTION count_t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE n SET total = total + 1; RETURN NULL; END $$;
     CREATE TRIGGER count_t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION count_t()`,
  );
  place.pipeline(into("append"), "accept:", "  - { code: TRIGGER_FIRES, object: t.count_t, policy: keep }");
}

function narrow(place: Place, more: string): void {
  place.space.sqlite(`${one}; ${more}`);
}
