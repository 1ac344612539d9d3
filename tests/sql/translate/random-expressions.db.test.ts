/**
 * Random expressions over columns of every affinity that hold values of every class, run by SQLite and, translated,
 * by PostgreSQL. Where the translator declines there is nothing to compare; where it does not, each row's value must be
 * SQLite's.
 */
import Database from "better-sqlite3";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Affinity } from "../../../src/core/schema/catalog.ts";
import type { Encoding } from "../../../src/core/values/encoding.ts";
import type { Scope, ScopeColumn } from "../../../src/sql/translate/scope.ts";
import { translateExpression } from "../../../src/sql/translate/translate-expression.ts";
import { useDatabase } from "../../support/database.ts";

type Cell = string | number | bigint | null;
type Holds = { readonly pgType: string; readonly encoding: Encoding; readonly values: readonly Cell[] };

/** Texts that look like numbers, differ by case, by blanks at the end, or by nothing that a language would order by. */
const texts = ["", "0", "1", "7", "-1", "1.0", "07", " 7", "a", "A", "a ", "b", "é", "É", "a_c", "A%", "12ab", "1e1"];
const words = texts.filter((text) => !/^\s*[-+.\d]/.test(text));
const integers: Holds = {
  pgType: "bigint",
  encoding: { kind: "integer", width: 8, wide: false },
  values: [0n, 1n, -1n, 7n, 10n, 300n, null],
};
const reals: Holds = {
  pgType: "double precision",
  encoding: { kind: "real" },
  values: [0.5, -0.5, 1, 0, 7, 2.5, -2.5, 1e3, null],
};
const both: Holds = { pgType: "numeric", encoding: { kind: "numeric" }, values: [0n, 1n, 0.5, -2.5, 7n, 10n, null] };
const anyText: Holds = { pgType: "text", encoding: { kind: "text" }, values: [...texts, null] };
const someText: Holds = { ...anyText, values: [...words, null] };
const bytes: Holds = { pgType: "bytea", encoding: { kind: "bytes" }, values: [null] };

/** A column's declaration gives its affinity; what it holds is another matter. */
const columns: readonly (readonly [name: string, declared: string, Affinity, Holds, collation?: string])[] = [
  ["n", "INTEGER", "INTEGER", integers],
  ["n2", "INTEGER", "INTEGER", integers],
  ["r", "REAL", "REAL", reals],
  ["m", "NUMERIC", "NUMERIC", both],
  ["s", "TEXT", "TEXT", anyText],
  ["s2", "TEXT", "TEXT", anyText],
  ["c", "TEXT COLLATE NOCASE", "TEXT", anyText, "NOCASE"],
  ["w", "TEXT COLLATE RTRIM", "TEXT", anyText, "RTRIM"],
  ["int_text", "INTEGER", "INTEGER", someText],
  ["num_text", "NUMERIC", "NUMERIC", someText],
  ["real_text", "REAL", "REAL", someText],
  ["x_int", "", "BLOB", integers],
  ["x_real", "", "BLOB", reals],
  ["x_both", "", "BLOB", both],
  ["x_text", "", "BLOB", anyText],
  ["x_case", "COLLATE NOCASE", "BLOB", anyText, "NOCASE"],
  ["x_bytes", "", "BLOB", bytes],
];

const scope: Scope = { schema: "stage", relations: [], current: null };
const table = {
  source: "t",
  target: "t",
  rowid: "id",
  primaryKey: ["id"],
  columns: columns.map(
    ([source, , affinity, { pgType, encoding }, collation = "BINARY"]): ScopeColumn => ({
      ...{ source, target: source, pgType, affinity, encoding, collation },
    }),
  ),
};
const ofT: Scope = { ...scope, relations: [table], current: table };

const column = fc.constantFrom(...columns.map(([name]) => name));
const literal = fc.constantFrom(
  ...["0", "1", "-1", "7", "10", "0.5", "2.5", "1.0", "NULL"],
  ...["''", "'0'", "'1'", "'7'", "'a'", "'A'", "'a '", "' 7'", "'1.0'", "'a%'", "'A_%'", "'é'"],
);
const collation = fc.constantFrom("NOCASE", "BINARY", "RTRIM");

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  const call = (name: string, ...args: fc.Arbitrary<string>[]) =>
    fc.tuple(...args).map((some) => `${name}(${some.join(", ")})`);
  const between = (...ops: string[]) =>
    fc.tuple(inner, fc.constantFrom(...ops), inner).map(([a, op, b]) => `(${a} ${op} ${b})`);
  return {
    expression: fc.oneof(
      { maxDepth: 2, depthSize: "small", withCrossShrink: true },
      { arbitrary: column, weight: 6 },
      { arbitrary: literal, weight: 3 },
      { arbitrary: between("=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT"), weight: 6 },
      between("+", "-", "*", "/", "%", "&", "|"),
      between("AND", "OR"),
      between("||"),
      fc.tuple(inner, fc.constantFrom("LIKE", "NOT LIKE", "GLOB"), inner).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} BETWEEN ${b} AND ${c})`),
      fc.tuple(inner, fc.array(inner, { minLength: 1, maxLength: 3 })).map(([a, list]) => `(${a} IN (${list}))`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `CASE WHEN ${a} THEN ${b} ELSE ${c} END`),
      fc.tuple(inner, inner, inner, inner).map(([x, a, b, c]) => `CASE ${x} WHEN ${a} THEN ${b} ELSE ${c} END`),
      fc.tuple(inner, collation).map(([a, name]) => `(${a} COLLATE ${name})`),
      fc.tuple(fc.constantFrom("-", "+", "~", "NOT "), inner).map(([op, a]) => `(${op}${a})`),
      fc
        .tuple(inner, fc.constantFrom("INTEGER", "REAL", "TEXT", "NUMERIC", "BLOB"))
        .map(([a, type]) => `CAST(${a} AS ${type})`),
      fc
        .tuple(inner, fc.constantFrom("IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE"))
        .map(([a, is]) => `(${a} ${is})`),
      { arbitrary: call("nullif", inner, inner), weight: 3 },
      call("ifnull", inner, inner),
      call("coalesce", inner, inner, inner),
      call("iif", inner, inner, inner),
      call("min", inner, inner),
      call("max", inner, inner, inner),
      ...["length", "upper", "lower", "abs", "typeof", "trim", "hex", "round", "sign", "likely"].map((name) =>
        call(name, inner),
      ),
      call("instr", inner, inner),
      call("replace", inner, inner, inner),
      call("rtrim", inner, inner),
      call("substr", inner, fc.constantFrom("1", "2"), fc.constantFrom("0", "1", "3")),
    ),
  };
});

const database = useDatabase();
const sqlite = new Database(":memory:");
sqlite.defaultSafeIntegers();

beforeAll(async () => {
  const names = columns.map(([name]) => name);
  sqlite.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns.map(([name, declared]) => `${name} ${declared}`)})`);
  await database.pool.query(
    `CREATE SCHEMA stage; CREATE TABLE stage.t (id bigint, ${columns.map(([name, , , { pgType }]) => `${name} ${pgType}`)})`,
  );
  const slots = names.map((_, i) => `$${i + 2}`);
  const insert = sqlite.prepare(`INSERT INTO t VALUES (?, ${names.map(() => "?")})`);
  for (let id = 1; id <= 90; id++) {
    // Steps that share no factor with the numbers of values, so that all of them meet.
    const row = columns.map(
      ([, , , { values }], i) => values[(id * (2 * i + 1) + (id >> 3) * i) % values.length] ?? null,
    );
    insert.run(id, ...row);
    await database.pool.query(`INSERT INTO stage.t VALUES ($1, ${slots})`, [id, ...row]);
  }
});

it("has SQLite's value for every row, or declines", async () => {
  let translated = 0;
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL search_path = stage");
    await fc.assert(
      fc.asyncProperty(expression, async (text) => {
        const made = translateExpression(text, ofT, "value");
        if (!made.ok) return;
        translated += 1;
        const expected = sqlite.prepare(`SELECT ${text} FROM t ORDER BY id`).pluck().all().map(plain);
        await client.query("SAVEPOINT one");
        try {
          const { rows } = await client.query({
            text: `SELECT ${made.sql} FROM t ORDER BY id`,
            rowMode: "array",
            types: { getTypeParser: raw },
          });
          expect(rows.map((row) => row[0])).toEqual(expected);
        } catch (thrown) {
          throw new Error(`${text} → ${made.sql}: ${thrown instanceof Error ? thrown.message : thrown}`);
        } finally {
          await client.query("ROLLBACK TO one");
        }
      }),
      { numRuns: Number(process.env.ROWHAUL_EXPRESSIONS ?? 3000) },
    );
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
  expect(translated).toBeGreaterThan(500);
});

/** Numbers by value: 1 and 1.0 are one number in PostgreSQL's numeric. */
function plain(value: unknown): string | null {
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return `\\x${value.toString("hex")}`;
  return typeof value === "number" ? String(value + 0) : String(value);
}

function raw(oid: number): (text: string) => string {
  if (oid === 16) return (text) => (text === "t" ? "1" : "0");
  if (oid === 700 || oid === 701 || oid === 1700) return (text) => String(Number(text) + 0);
  return (text) => text;
}
