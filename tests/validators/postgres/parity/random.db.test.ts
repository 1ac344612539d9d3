/**
 * Random values of every class through every encoding, against a naive
 * comparison of one cell at a time: the target is filled with values of which
 * some are the source's and some are not, and parity must agree with the
 * plain reading of core/encoding.ts written here.
 */
import type Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf } from "../../../../src/core/values/date-layout.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import { integer, integerKey, prepare, tablePlan } from "../../fixture.ts";

const database = useDatabase();

type Value = null | bigint | number | string | Buffer;

/** What must stand in the target, as PostgreSQL's text; undefined: nothing can. */
type Carry = (value: Exclude<Value, null>) => string | undefined;

const plainDigits = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  // toFixed is exact up to 100 places, which the values here stay within.
  for (let places = 1; places <= 100; places++) {
    if (Number(value.toFixed(places)) === value) return value.toFixed(places);
  }
  throw new Error(`more digits than expected: ${value}`);
};
const isText = (value: Value): value is string => typeof value === "string" && !value.includes("\0");
const decimal = (value: Value): string | undefined =>
  typeof value === "bigint"
    ? String(value)
    : typeof value === "number" && !Object.is(value, -0)
      ? plainDigits(value)
      : undefined;

const kinds: readonly { readonly encoding: Encoding; readonly type: string; readonly carry: Carry }[] = [
  { encoding: integer, type: "bigint", carry: (v) => (typeof v === "bigint" ? String(v) : undefined) },
  {
    encoding: { kind: "real" },
    type: "double precision",
    carry: (v) => {
      if (typeof v === "number") return Object.is(v, -0) ? "-0" : String(v);
      return typeof v === "bigint" && BigInt(Number(v)) === v && v <= 2n ** 53n && v >= -(2n ** 53n)
        ? String(v)
        : undefined;
    },
  },
  { encoding: { kind: "numeric" }, type: "numeric", carry: decimal },
  { encoding: { kind: "text" }, type: "text", carry: (v) => (isText(v) ? v : undefined) },
  {
    encoding: { kind: "bytes" },
    type: "bytea",
    carry: (v) => (v instanceof Buffer ? `\\x${v.toString("hex")}` : undefined),
  },
  {
    encoding: { kind: "text-bytes" },
    type: "bytea",
    carry: (v) => (typeof v === "string" ? `\\x${Buffer.from(v).toString("hex")}` : undefined),
  },
  {
    encoding: { kind: "tagged" },
    type: "jsonb",
    carry: (v) => {
      if (v instanceof Buffer) return JSON.stringify({ t: "blob", v: v.toString("hex") });
      if (typeof v === "string") return isText(v) ? JSON.stringify({ t: "text", v }) : undefined;
      const digits = Object.is(v, -0) ? "-0.0" : decimal(v);
      return JSON.stringify({ t: typeof v === "bigint" ? "integer" : "real", v: digits });
    },
  },
  {
    encoding: { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } },
    type: "boolean",
    carry: (v) => (v === 1n ? "true" : v === 0n ? "false" : undefined),
  },
  {
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS.fff" },
    type: "timestamp",
    carry: (v) => (typeof v === "string" && layoutOf(v) === "YYYY-MM-DD HH:MM:SS.fff" ? v : undefined),
  },
];

const number = fc.oneof(
  fc.constantFrom(0, -0, 0.1, 5, -1.5, 1e15, 123456.789, Number.POSITIVE_INFINITY),
  fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1024),
);
const words = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "a",
    "A",
    "a ",
    "5",
    "5.0",
    "\0",
    "a\0b",
    "É",
    "\u{1f600}",
    "true",
    "x".repeat(4096),
    "é".repeat(2049),
  ),
  fc.string({ unit: "binary", maxLength: 10 }).map((s) => s.toWellFormed()),
  fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 23).replace("T", " ")),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0n, 1n, 5n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt({ min: -1000n, max: 1000n }),
  number,
  words,
  fc.oneof(
    fc.constant(Buffer.alloc(0)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  ),
);

test("parity agrees with a naive comparison", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.tuple(value, value), { minLength: kinds.length, maxLength: kinds.length }), {
        minLength: 1,
        maxLength: 12,
      }),
      async (rows) => {
        const expected: string[] = [];
        const filled = rows.map((row, i) =>
          row.map(([source, other], k) => {
            const carry = kinds[k]?.carry ?? (() => undefined);
            const right = source === null ? null : carry(source);
            // A third of the cells get what another value would have become.
            const stranger = other === null ? null : carry(other);
            const target = (i + k) % 3 === 0 && stranger !== undefined ? stranger : (right ?? null);
            if (right === undefined || target !== right) expected.push(`id=${i + 1} c${k}`);
            return target;
          }),
        );
        const input = await prepare(database.pool, {
          source: (db) => fillSource(db, rows),
          target: `CREATE TABLE t(id bigint PRIMARY KEY, ${kinds.map(({ type }, k) => `c${k} ${type}`).join(", ")})`,
          tables: [
            tablePlan("t", integerKey, {
              id: integer,
              ...Object.fromEntries(kinds.map(({ encoding }, k) => [`c${k}`, encoding])),
            }),
          ],
        });
        for (const [i, cells] of filled.entries()) {
          await database.pool.query(
            `INSERT INTO "${input.schema}".t VALUES (${i + 1}, ${cells.map((_, k) => `$${k + 1}`).join(", ")})`,
            cells,
          );
        }
        const { findings } = await parity(input);
        expect(findings.map(({ key, column }) => `${key} ${column}`).sort()).toEqual(expected.sort());
      },
    ),
    { numRuns: 40 },
  );
});

function fillSource(db: Database.Database, rows: readonly (readonly (readonly [Value, Value])[])[]): void {
  db.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, ${kinds.map((_, k) => `c${k}`).join(", ")})`);
  const insert = db.prepare(`INSERT INTO t VALUES (?, ${kinds.map(() => "?").join(", ")})`);
  for (const [i, row] of rows.entries()) insert.run(i + 1, ...row.map(([source]) => source));
}
