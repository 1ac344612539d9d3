/** What PostgreSQL objects to is the plan's affair; what befalls the server is not, and must not cost an index. */
import { expect, test } from "vitest";
import { probe } from "../../../src/targets/postgres/probe.ts";
import { useDatabase } from "../../support/database.ts";
import { codeOf } from "../../support/scratch-database.ts";

const database = useDatabase();
const script = {
  setup: ["CREATE SCHEMA probed", "CREATE TABLE probed.t (a int, b text)"],
  trials: [
    { id: "index:plain", sql: "CREATE INDEX plain ON probed.t (a)" },
    { id: "index:wrong", sql: "CREATE INDEX wrong ON probed.t (soundex(b))" },
    { id: "check:t/0", sql: "ALTER TABLE probed.t ADD CHECK (a > 'x')" },
  ],
};

test("a statement that PostgreSQL does not take is an objection, and nothing of it stays", async () => {
  expect([...(await probe(database.pool, script)).objections]).toEqual([
    ["index:wrong", "function soundex(text) does not exist"],
    ["check:t/0", 'invalid input syntax for type integer: "x"'],
  ]);
  const { rows } = await database.pool.query("SELECT FROM pg_namespace WHERE nspname = 'probed'");
  expect(rows).toEqual([]);
});

test("an index is shown as the server writes it", async () => {
  const index = (name: string, rest: string) => ({
    id: `index:${name}`,
    sql: `CREATE INDEX ${name} ON probed.t ${rest}`,
    index: { step: `t/index/${name}`, name: `probed.${name}` },
  });
  const { definitions } = await probe(database.pool, {
    setup: script.setup,
    trials: [
      index("column_after_all", "((b::text), (a + 0))"),
      index("partial", "(a) WHERE (a > 5) AND b IN ('x', 'y')"),
      index("every", "((lower(b))) WHERE true"),
      index("refused", "(soundex(b))"),
    ],
  });
  expect(Object.fromEntries(definitions)).toEqual({
    "t/index/column_after_all": { parts: ["b", "(a + 0)"], where: null },
    "t/index/partial": { parts: ["a"], where: "a > 5 AND (b = ANY (ARRAY['x'::text, 'y'::text]))" },
    "t/index/every": { parts: ["lower(b)"], where: null },
  });
});

test.each([
  ["53100", "TARGET_DISK_FULL"],
  ["57P01", "CONNECTION_LOST"],
  ["55P03", "LOCK_TIMEOUT"],
])("an error of the server's (SQLSTATE %s) stops the plan", async (state, code) => {
  await database.pool.query(`CREATE FUNCTION befall() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'it befell' USING ERRCODE = '${state}'; END $$;
    CREATE EVENT TRIGGER befall ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION befall()`);
  try {
    expect(await codeOf(() => probe(database.pool, script))).toBe(code);
  } finally {
    await database.pool.query("DROP EVENT TRIGGER befall; DROP FUNCTION befall");
  }
});
