import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { installSql, removeSql } from "../../src/search/install.ts";
import { useDatabase } from "../support/database.ts";
import { install, transaction } from "./install/support/install.ts";

const database = useDatabase();

it("installs, and installs again, under any name", async () => {
  const { pool } = database;
  for (const schema of ["fts5", "fts5", "Suche", "Suche"]) await install(pool, schema);
  await transaction(pool, ["SET LOCAL search_path = ''", ...installSql("fts5")]);
  const { rows } = await pool.query(
    `SELECT fts5.version() AS v, "Suche".version() AS w, (SELECT count(*)::int FROM pg_proc WHERE pronamespace = 'fts5'::regnamespace)
       - (SELECT count(*)::int FROM pg_proc WHERE pronamespace = '"Suche"'::regnamespace) AS more,
       (SELECT count(*)::int FROM pg_proc WHERE pronamespace = '"Suche"'::regnamespace AND prosrc ~ '\\mfts5[.]') AS strays`,
  );
  expect(rows).toEqual([{ v: 1, w: 1, more: 0, strays: 0 }]);
  const made = await pool.query(`SELECT "Suche".porter_unicode61_1_vector('3rd running js')::text AS v`);
  expect(made.rows).toEqual([{ v: "'3rd':1 'js':3 'run':2" }]);
  await transaction(pool, removeSql("Suche"));
  expect((await pool.query("SELECT to_regnamespace('\"Suche\"') AS n")).rows).toEqual([{ n: null }]);
});

it("takes the place of other functions by the same names, and leaves those that something was built on", async () => {
  const { pool } = database;
  await install(pool, "renewed");
  await pool.query(`DROP FUNCTION renewed.quoted(text);
    CREATE FUNCTION renewed.quoted(lexeme text, more integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION renewed.unicode61_x0123abcd_tokens(t text) RETURNS text[] LANGUAGE sql AS 'SELECT NULL::text[]';
    CREATE VIEW public.built AS SELECT renewed.like('a', 'A') AS same;
    DROP FUNCTION renewed.real_text(double precision);
    CREATE FUNCTION renewed.real_text(value double precision) RETURNS integer LANGUAGE sql AS 'SELECT 1';
    COMMENT ON SCHEMA renewed IS 'of another version'`);
  await install(pool, "renewed");
  const { rows } = await pool.query(`SELECT renewed.quoted('a') AS quoted, renewed.real_text(1) AS real, same,
    to_regprocedure('renewed.unicode61_x0123abcd_tokens(text)') IS NOT NULL AS kept FROM public.built`);
  expect(rows).toEqual([{ quoted: "'a'", real: "1.0", same: true, kept: true }]);
  await pool.query("DROP VIEW public.built");
  await transaction(pool, removeSql("renewed"));
});

it("leaves alone what is not its own", async () => {
  const { pool } = database;
  await pool.query("CREATE SCHEMA theirs");
  await expect(install(pool, "theirs")).rejects.toThrow('schema "theirs" exists and was not made by rowhaul');
  await expect(transaction(pool, removeSql("theirs"))).rejects.toThrow("was not made by rowhaul");
  await pool.query("CREATE FUNCTION theirs.version() RETURNS integer LANGUAGE sql AS 'SELECT 99'");
  await expect(install(pool, "theirs")).rejects.toThrow("version 99");
  expect(() => installSql('a"b')).toThrow("cannot be the schema");
});

it("writes reals as SQLite does", async () => {
  const sqlite = new Database(":memory:");
  const text = sqlite.prepare<[number], { t: string }>("SELECT CAST(CAST(? AS REAL) AS TEXT) AS t");
  // The same numbers every time: outside the range below SQLite itself is off in the 17th digit now and then.
  let state = 42;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bits = new DataView(new ArrayBuffer(8));
  const any = Array.from({ length: 3000 }, () => {
    for (let i = 0; i < 8; i++) bits.setUint8(i, Math.floor(random() * 256));
    return bits.getFloat64(0);
  });
  const plain = Array.from({ length: 3000 }, (_, i) => Number((random() * 10 ** (i % 20)).toFixed(i % 7)));
  const known = [
    0,
    -0,
    1,
    -1,
    0.1,
    49.47,
    1 / 3,
    1e15,
    1e16,
    1e17,
    1e18,
    1e20,
    1e21,
    123456789012345.6,
    1e-4,
    1e-5,
    9.999999999999999e22,
    0.3,
    2 ** 53,
    2 ** 63,
    5e-324,
    1.7976931348623157e308,
    Infinity,
    -Infinity,
    99999999999999984,
    0.9999999999999999,
  ];
  const reals = [...known, ...plain, ...any].filter((real) => !Number.isNaN(real));
  const { rows } = await database.pool.query<{ t: string }>(
    "SELECT fts5.real_text(r) AS t FROM unnest($1::float8[]) WITH ORDINALITY s(r, o) ORDER BY o",
    [reals],
  );
  const differing = reals.flatMap((real, i) => {
    const expected = text.get(real)?.t;
    return rows[i]?.t === expected ? [] : [[real, expected, rows[i]?.t]];
  });
  const near = differing.filter(([real]) => Math.abs(Number(real)) > 1e-9 && Math.abs(Number(real)) < 1e17);
  expect(near).toEqual([]);
  // SQLite rounds its greater powers of ten, so a 17th digit may differ
  expect(differing.length).toBeLessThan(30);
});
