/** Triggers of the application's tables: which are asked about, what becomes of them, and what they write elsewhere. */
import { column, liveColumn, type Pair } from "../pair.ts";

const keep = (...names: readonly string[]): string => answers("keep", names);
const disable = (...names: readonly string[]): string => answers("disable", names);
function answers(policy: string, names: readonly string[]): string {
  return names.map((name) => `{ code: TRIGGER_FIRES, object: ${name}, policy: ${policy} }`).join(", ");
}
const accept = (...entries: readonly string[]): string => `accept: [${entries.join(", ")}]`;
const writes = (table: string): string => `{ code: TRIGGER_WRITES, table: ${table}, policy: keep }`;

const calls = (name: string, body: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`;
/** `when`: as `AFTER INSERT ON t FOR EACH ROW`. */
const trigger = (name: string, when: string, body: string): string =>
  `${calls(name, body)}; CREATE TRIGGER ${name} ${when} EXECUTE FUNCTION ${name}()`;

const three = "CREATE TABLE h (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO h VALUES (1, 'a'), (2, 'b'), (3, 'c')";
/** Three rows in one statement make 5 of it; the application, which inserts them one by one, 3. */
const counting = `CREATE TABLE h (id int PRIMARY KEY, v text); CREATE TABLE n (total int);
  ${trigger("count_h", "AFTER INSERT ON h FOR EACH ROW", "UPDATE n SET total = total + 1; IF NOT FOUND THEN INSERT INTO n SELECT count(*) FROM h; END IF; RETURN NULL;")}`;
const logging = (table: string, when: string): string =>
  `CREATE TABLE log (what text); ${trigger("note", `${when} ON ${table} FOR EACH ROW`, "INSERT INTO log VALUES (TG_OP); RETURN coalesce(NEW, OLD);")}`;
const states = `SELECT tgrelid::regclass::text AS "of", tgname, tgenabled FROM pg_trigger WHERE tgname !~ '^RI_' ORDER BY 1, 2`;
const two = column("TEXT", "'a'", "'b'");

export const triggers: readonly Pair[] = [
  // asked
  {
    name: "a trigger that counts rows is asked about before anything is loaded",
    existing: "append",
    source: three,
    live: counting,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "TRIGGER_FIRES h.count_h: the trigger count_h of h calls count_h() for each row that is inserted; its function mentions n; what it writes to other tables a rollback does not undo",
        "- { code: TRIGGER_FIRES, object: h.count_h, policy: keep }  # or disable",
      ],
    },
  },
  {
    name: "append asks for INSERT alone, and never for what is disabled or fires in replicas only",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; ${calls("f", "RETURN NULL;")};
      CREATE TRIGGER ins AFTER INSERT ON t EXECUTE FUNCTION f(); CREATE TRIGGER upd AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER del AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER cut AFTER TRUNCATE ON t EXECUTE FUNCTION f();
      CREATE TRIGGER off AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER rep AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
      ALTER TABLE t DISABLE TRIGGER off; ALTER TABLE t ENABLE REPLICA TRIGGER rep; ALTER TABLE t ENABLE ALWAYS TRIGGER late`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["2 things", "t.ins: the trigger ins of t calls f() once, when rows are inserted", "t.late"],
      saysNot: ["t.upd", "t.del", "t.cut", "t.off", "t.rep"],
    },
  },
  {
    name: "merge asks for INSERT and UPDATE",
    existing: "merge",
    source: two,
    live: `${liveColumn("text")}; ${calls("f", "RETURN NULL;")}; CREATE TRIGGER upd AFTER UPDATE OF v ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER del AFTER DELETE ON t EXECUTE FUNCTION f()`,
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["t.upd", "for each row that is updated"], saysNot: ["t.del"] },
  },
  {
    name: "replace asks for DELETE and INSERT",
    existing: "replace",
    source: two,
    live: `${liveColumn("text")}; CREATE SCHEMA audit; CREATE FUNCTION audit.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER upd AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION audit.f(); CREATE TRIGGER every AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION audit.f()`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["t.every", "calls audit.f() for each row that is inserted or deleted"],
      saysNot: ["t.upd"],
    },
  },
  {
    name: "a partitioned table's trigger is asked about once, and a partition's own as well",
    existing: "append",
    source: two,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t2 PARTITION OF t DEFAULT;
      ${calls("f", "RETURN NULL;")}; CREATE TRIGGER whole AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER part AFTER INSERT ON t2 FOR EACH ROW EXECUTE FUNCTION f()`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["2 things", "t.whole: the trigger whole of t calls", "t.part: the trigger part of t (partition t2) calls"],
    },
  },
  {
    name: "an answer for the table holds for all of its triggers, the later of two for the same one",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; ${trigger("a", "BEFORE INSERT ON t FOR EACH ROW", "RETURN NULL;")}; ${trigger("b", "BEFORE INSERT ON t FOR EACH ROW", "NEW.v := 'b'; RETURN NEW;")}`,
    pipeline: accept(keep("t.a"), "{ code: TRIGGER_FIRES, table: t, policy: disable }", disable("t.a")),
    rows: { t: ["1|a", "2|b"], [states]: ["t|a|O", "t|b|O"] },
    back: true,
  },

  // switched off, and put back
  {
    name: "switched off, a trigger that counts rows counts none",
    existing: "append",
    source: three,
    live: `${counting}; INSERT INTO n VALUES (0)`,
    pipeline: accept(disable("h.count_h")),
    rows: { h: ["1|a", "2|b", "3|c"], n: ["0"], [states]: ["h|count_h|O"] },
    back: true,
  },
  {
    name: "switched off in a merge, ENABLE ALWAYS comes back as that, and what was off stays off",
    existing: "merge",
    source: two,
    live: `${liveColumn("text", "INSERT INTO t VALUES (1, 'old')")}; ${logging("t", "AFTER INSERT OR UPDATE")}; ALTER TABLE t ENABLE ALWAYS TRIGGER note;
      CREATE TRIGGER off BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note(); ALTER TABLE t DISABLE TRIGGER off; CREATE TRIGGER rep BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note(); ALTER TABLE t ENABLE REPLICA TRIGGER rep`,
    pipeline: accept(disable("t.note")),
    rows: { t: ["1|a", "2|b"], log: [], [states]: ["t|note|A", "t|off|D", "t|rep|R"] },
    back: true,
  },
  {
    name: "switched off in a replace, neither deleting nor inserting fires it",
    existing: "replace",
    source: two,
    live: `${liveColumn("text", "INSERT INTO t VALUES (1, 'old'), (9, 'old')")}; ${logging("t", "AFTER INSERT OR DELETE")}`,
    pipeline: accept(disable("t.note")),
    rows: { t: ["1|a", "2|b"], log: [], [states]: ["t|note|O"] },
    back: true,
  },
  {
    name: "a constraint trigger that is deferred can be switched off, and foreign keys are still checked",
    existing: "append",
    source:
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)",
    live: `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);
      ${calls("no", "RAISE EXCEPTION 'never';")}; CREATE CONSTRAINT TRIGGER no AFTER INSERT ON c DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()`,
    pipeline: accept(disable("c.no")),
    rows: { p: ["1"], c: ["1|1"], [states]: ["c|no|O"] },
    back: true,
  },
  {
    name: "each partition's own state comes back",
    existing: "merge",
    source: two,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t2 PARTITION OF t DEFAULT;
      CREATE SCHEMA apart; CREATE TABLE apart.t3 PARTITION OF t FOR VALUES FROM (50) TO (60); INSERT INTO t VALUES (1, 'old'), (55, 'old');
      ${logging("t", "AFTER INSERT OR UPDATE")}; CREATE TRIGGER own AFTER INSERT ON t2 FOR EACH ROW EXECUTE FUNCTION note();
      ALTER TABLE t1 DISABLE TRIGGER note; ALTER TABLE t2 ENABLE ALWAYS TRIGGER note; ALTER TABLE t2 ENABLE ALWAYS TRIGGER own`,
    pipeline: accept(disable("t.note", "t.own")),
    rows: {
      t: ["1|a", "2|b", "55|old"],
      log: [],
      [states]: ["apart.t3|note|O", "t|note|O", "t1|note|D", "t2|note|A", "t2|own|A"],
    },
    back: true,
  },

  // kept
  {
    name: "a kept trigger that writes only its own row needs no more than that",
    existing: "merge",
    source: two,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text, touched int NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, 'old', 3), (9, 'old', 9);
      ${trigger("touch", "BEFORE INSERT OR UPDATE ON t FOR EACH ROW", "NEW.touched := NEW.touched + 1; RETURN NEW;")}`,
    pipeline: accept(keep("t.touch")),
    rows: { t: ["1|a|4", "2|b|1", "9|old|9"], [states]: ["t|touch|O"] },
    back: true,
  },
  {
    name: "what a kept trigger writes to a table that is not of the plan undoes the run",
    existing: "append",
    source: three,
    live: counting,
    pipeline: accept(keep("h.count_h")),
    refused: {
      code: "TRIGGER_WRITES",
      says: [
        "wrote to n, which is no table of the plan",
        "n: 1 row inserted, 2 rows updated",
        "Triggers that may fire: h.count_h",
        "- { code: TRIGGER_WRITES, table: n, policy: keep }",
      ],
    },
  },
  {
    name: "unless that is accepted: then three rows make 5, as the trigger has it",
    existing: "append",
    source: three,
    live: counting,
    pipeline: accept(keep("h.count_h"), writes("n")),
    rows: { h: ["1|a", "2|b", "3|c"], n: ["5"] },
  },
  {
    name: "writes to several tables, one of them in another schema and one emptied at a stroke",
    existing: "replace",
    source: two,
    live: `${liveColumn("text", "INSERT INTO t VALUES (1, 'old'), (9, 'old')")}; CREATE SCHEMA audit; CREATE TABLE audit."Log" (what text); CREATE TABLE cache (v text); INSERT INTO cache VALUES ('full'); CREATE TABLE still (v text);
      ${trigger("note", "AFTER INSERT OR DELETE ON t FOR EACH ROW", `INSERT INTO audit."Log" VALUES (TG_OP); DELETE FROM audit."Log" WHERE what = 'DELETE'; DELETE FROM still; RETURN NULL;`)};
      ${trigger("empty", "AFTER INSERT ON t", "TRUNCATE cache; RETURN NULL;")}`,
    pipeline: accept(keep("t.note", "t.empty")),
    refused: {
      code: "TRIGGER_WRITES",
      says: [
        "audit.Log: 4 rows inserted, 2 rows deleted",
        "cache: locked as by TRUNCATE",
        "table: audit.Log, policy: keep",
        "table: cache, policy: keep",
      ],
      saysNot: ["still"],
    },
  },
  {
    name: "writes to several tables, each accepted with its schema",
    existing: "replace",
    source: two,
    live: `${liveColumn("text", "INSERT INTO t VALUES (9, 'old')")}; CREATE SCHEMA audit; CREATE TABLE audit.log (what text); CREATE TABLE cache (v text); INSERT INTO cache VALUES ('full');
      ${trigger("note", "AFTER INSERT OR DELETE ON t FOR EACH ROW", "INSERT INTO audit.log VALUES (TG_OP); RETURN NULL;")}; ${trigger("empty", "AFTER INSERT ON t", "TRUNCATE cache; RETURN NULL;")}`,
    pipeline: accept("{ code: TRIGGER_FIRES, policy: keep }", writes("audit.log"), writes("public.cache")),
    rows: { t: ["1|a", "2|b"], cache: [], "SELECT what FROM audit.log ORDER BY 1": ["DELETE", "INSERT", "INSERT"] },
  },
  {
    name: "an entry that names no table accepts them all",
    existing: "append",
    source: three,
    live: counting,
    pipeline: accept("{ code: TRIGGER_FIRES, policy: keep }", "{ code: TRIGGER_WRITES, policy: keep }"),
    rows: { h: ["1|a", "2|b", "3|c"], n: ["5"] },
  },
  {
    name: "what a trigger writes elsewhere counts even where it undoes that itself",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; CREATE TABLE log (what text); ${trigger("note", "AFTER INSERT ON t FOR EACH ROW", "BEGIN INSERT INTO log VALUES (TG_OP); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN NULL;")}`,
    pipeline: accept(keep("t.note")),
    refused: { code: "TRIGGER_WRITES", says: ["log: 2 rows inserted"] },
  },
  {
    name: "a rule that writes elsewhere is caught as well",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; CREATE TABLE copies (v text); CREATE RULE copy AS ON INSERT TO t DO ALSO INSERT INTO copies VALUES (NEW.v)`,
    refused: { code: "TRIGGER_WRITES", says: ["copies: 2 rows inserted", "No trigger was to fire"] },
  },
  {
    name: "a foreign key that changes rows of a table that is not of the plan is caught as well",
    existing: "merge",
    source: "CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('Foo', 'new')",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id citext PRIMARY KEY, v text); INSERT INTO t VALUES ('foo', 'old'); CREATE TABLE outside (t_id citext REFERENCES t ON UPDATE CASCADE); INSERT INTO outside VALUES ('foo')",
    refused: {
      code: "TRIGGER_WRITES",
      says: ["outside: 1 row updated", "{ code: TRIGGER_WRITES, table: outside, policy: keep }"],
    },
  },
  {
    name: "a trigger of a partition's own writes to partitions of a table that is not of the plan",
    existing: "append",
    source: two,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t2 PARTITION OF t DEFAULT;
      CREATE TABLE log (what text) PARTITION BY LIST (what); CREATE TABLE log_insert PARTITION OF log FOR VALUES IN ('INSERT');
      ${trigger("note", "AFTER INSERT ON t2 FOR EACH ROW", "INSERT INTO log VALUES (TG_OP); RETURN NULL;")}`,
    pipeline: accept(keep("t.note")),
    refused: { code: "TRIGGER_WRITES", says: ["log_insert: 1 row inserted"], saysNot: ["t2:", "t1:"] },
  },

  // tables of the plan: compared row by row, and nothing accepts it
  ...(["append", "merge", "replace"] as const).map(
    (existing): Pair => ({
      name: `a trigger that adds a row to another table of the plan: ${existing}`,
      existing,
      source:
        "CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO a VALUES (1, 'a'); CREATE TABLE b (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO b VALUES (1, 'b')",
      live: `CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (id int PRIMARY KEY, v text); ${trigger("feed", "AFTER INSERT ON a FOR EACH ROW", "INSERT INTO b VALUES (100, 'fed'); RETURN NULL;")}`,
      pipeline: accept(keep("a.feed"), writes("b")),
      refused: {
        code: "VALIDATION_FAILED",
        says: ["b", "A trigger of another table may have written to b: a.feed", "object: a.feed, policy: disable"],
      },
    }),
  ),
  {
    name: "a trigger that changes a row that was there in another table of the plan",
    existing: "append",
    source:
      "CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); CREATE TABLE b (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO b VALUES (1, 'b')",
    live: `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, v text); INSERT INTO b VALUES (9, 'old'); ${trigger("feed", "AFTER INSERT ON a FOR EACH ROW", "UPDATE b SET v = 'fed' WHERE id = 9; RETURN NULL;")}`,
    pipeline: accept(keep("a.feed")),
    refused: { code: "VALIDATION_FAILED", says: ["b id=9 The switch wrote a row", "object: a.feed, policy: disable"] },
  },

  // bad input
  {
    name: "a BEFORE trigger that keeps a row out",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; ${trigger("gate", "BEFORE INSERT ON t FOR EACH ROW", "IF NEW.v = 'b' THEN RETURN NULL; END IF; RETURN NEW;")}`,
    pipeline: accept(keep("t.gate")),
    refused: {
      code: "VALIDATION_FAILED",
      says: [
        "t id=2 The row is missing in the target.",
        "A trigger of t may have kept rows out, changed others or added some: t.gate.",
        "- { code: TRIGGER_FIRES, object: t.gate, policy: disable }",
      ],
    },
  },
  {
    name: "a trigger that raises",
    existing: "merge",
    source: two,
    live: `${liveColumn("text", "INSERT INTO t VALUES (1, 'old')")}; ${trigger("gate", "BEFORE INSERT ON t FOR EACH ROW", "IF NEW.v = 'b' THEN RAISE EXCEPTION 'no % here', NEW.v USING HINT = 'use c'; END IF; RETURN NEW;")}`,
    pipeline: accept(keep("t.gate")),
    refused: {
      code: "CONSTRAINT_VIOLATED",
      says: [
        "A trigger of t refuses rows: no b here (SQLSTATE P0001).",
        "use c",
        "In: PL/pgSQL function gate() line 1 at RAISE",
        "- { code: TRIGGER_FIRES, object: t.gate, policy: disable }",
      ],
    },
  },
  {
    name: "a deferred trigger that raises when all rows are there",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; ${calls("gate", "RAISE EXCEPTION 'too late';")}; CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate()`,
    pipeline: accept(keep("t.gate")),
    refused: { code: "CONSTRAINT_VIOLATED", says: ["too late", "function gate()", "object: t.gate, policy: disable"] },
  },
  {
    name: "a trigger whose own writing breaks a constraint elsewhere",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; CREATE TABLE log (what text UNIQUE); ${trigger("note", "AFTER INSERT ON t FOR EACH ROW", "INSERT INTO log VALUES (TG_OP); RETURN NULL;")}`,
    pipeline: accept(keep("t.note"), writes("log")),
    refused: {
      code: "CONSTRAINT_VIOLATED",
      says: ["A trigger of t refuses rows", "log_what_key", "function note()", "object: t.note, policy: disable"],
      saysNot: ["existing: merge"],
    },
  },
  {
    name: "a trigger that fails for another reason is named",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; ${trigger("divide", "AFTER INSERT ON t FOR EACH ROW", "PERFORM 1 / (NEW.id - NEW.id); RETURN NULL;")}`,
    pipeline: accept(keep("t.divide")),
    refused: { code: "TARGET_REFUSED", says: ["division by zero", "function divide()"] },
  },
  {
    name: "an entry for a table of the plan accepts nothing, and one that meets nothing is no mistake",
    existing: "append",
    source: two,
    live: `${liveColumn("text")}; CREATE TABLE log (what text)`,
    pipeline: accept(writes("log")),
    rows: { t: ["1|a", "2|b"], log: [] },
    back: true,
  },
];
