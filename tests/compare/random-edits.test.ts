/** The bar: after random edits of a table exactly those keys and columns are named. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Opened } from "../../src/compare/comparison.ts";
import { postgres, sqlite, table } from "./stores.ts";

type Cell = null | bigint | number | string | Buffer;
type Row = readonly [key: string, ...cells: Cell[]];

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 2n }),
  fc.bigInt({ min: -2n, max: 2n }),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 0, 5, 1e300),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("", "5", "5.0", "a\0b", "\ufffd"),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);

const shapes = {
  "a rowid key": ["k INTEGER PRIMARY KEY", (key: string) => BigInt(key)],
  "a text key": ["k TEXT PRIMARY KEY", (key: string) => `k${key}`],
  "a WITHOUT ROWID key": ["k TEXT PRIMARY KEY", (key: string) => `k${key}`],
} as const;

const table0 = fc.uniqueArray(fc.tuple(fc.nat(1000).map(String), cell, cell, cell), {
  selector: ([key]) => key,
  maxLength: 25,
});

const edits = fc.record({
  /** Share of rows that go, and of rows that change in which columns. */
  gone: fc.array(fc.nat(24), { maxLength: 3 }),
  changed: fc.array(fc.tuple(fc.nat(24), fc.integer({ min: 1, max: 3 }), cell), { maxLength: 4 }),
  added: fc.uniqueArray(fc.tuple(fc.integer({ min: 2000, max: 2050 }).map(String), cell, cell, cell), {
    selector: ([key]) => key,
    maxLength: 3,
  }),
  shuffle: fc.boolean(),
});

test.each(Object.entries(shapes))(
  "with %s",
  async (name, [key, keyOf]) => {
    await fc.assert(
      fc.asyncProperty(table0, edits, async (rows, edit) => {
        const expected = applyEdits(rows, edit);
        const make = (all: readonly Row[]) =>
          store(`${key}`, name.includes("WITHOUT") ? " WITHOUT ROWID" : "", all, keyOf);
        const found = await table(make(rows), make(expected.rows), { samples: 100 });
        const shown = (k: string) => (name.includes("rowid key") && !name.includes("WITHOUT") ? `k=${k}` : `k="k${k}"`);
        expect(found.missingRows.samples.toSorted()).toEqual(expected.missing.map(shown).toSorted());
        expect(found.extraRows.samples.toSorted()).toEqual(expected.extra.map(shown).toSorted());
        expect(found.cells.samples.map((one) => `${one.key} ${one.column}`).toSorted()).toEqual(
          expected.cells.map(([k, column]) => `${shown(k)} ${column}`).toSorted(),
        );
        expect(found.differences).toBe(expected.missing.length + expected.extra.length + expected.cells.length);
      }),
      { numRuns: 60 },
    );
  },
  20_000,
);

test("without a key: as many of each row as are missing or extra", async () => {
  const few = fc.constantFrom<Cell>(null, 5n, 5, "5", -0, 0);
  await fc.assert(
    fc.asyncProperty(fc.array(few, { maxLength: 12 }), fc.array(few, { maxLength: 12 }), async (a, b) => {
      const one = await table(bag(a), bag(b), { samples: 100 });
      const left = [...b];
      const missing = a.filter((value) => {
        const at = left.findIndex((other) => Object.is(value, other));
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      });
      expect([one.missingRows.count, one.extraRows.count]).toEqual([missing.length, left.length]);
      expect(one.missingRows.samples.toSorted()).toEqual(missing.map(shownCell).toSorted());
      expect(one.extraRows.samples.toSorted()).toEqual(left.map(shownCell).toSorted());
    }),
    { numRuns: 80 },
  );
}, 20_000);

test("in meaning: a table as PostgreSQL would hold it, numeric beside REAL and INTEGER", async () => {
  const number = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 15 }), fc.nat(14), async (values, at) => {
      const a = sqlite("CREATE TABLE t (k INTEGER PRIMARY KEY, v)", (db) => {
        const insert = db.prepare("INSERT INTO t (v) VALUES (?)");
        for (const value of values) insert.run(value);
      });
      const wrong = at % values.length;
      const b = await postgres([
        {
          name: "t",
          columns: { k: "bigint", v: "numeric" },
          key: ["k"],
          rows: values.map((value, i) => [BigInt(i + 1), i === wrong ? `${plain(value)}1` : `${plain(value)}00`]),
        },
      ]);
      const found = await table(a, b);
      expect(found.cells.samples.map((one) => one.key)).toEqual([`k=${wrong + 1}`]);
    }),
    { numRuns: 60 },
  );
}, 20_000);

/** Digits with a point, written out by another road than the code's own. */
function plain(value: bigint | number): string {
  if (typeof value === "bigint") return `${value}.`;
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const digits = mantissa.replace(/[-.]/g, "");
  const places = digits.length - 1 - Number(exponent);
  const padded = places > 0 ? digits.padStart(places + 1, "0") : digits + "0".repeat(-places);
  const point = padded.length - Math.max(places, 0);
  return `${value < 0 ? "-" : ""}${padded.slice(0, point)}.${padded.slice(point)}`;
}

function applyEdits(rows: readonly Row[], edit: typeof edits extends fc.Arbitrary<infer T> ? T : never) {
  const gone = new Set(edit.gone.flatMap((i) => (rows[i] === undefined ? [] : [rows[i][0]])));
  const after = new Map(rows.filter(([key]) => !gone.has(key)).map((row) => [row[0], [...row] as Cell[]]));
  for (const [i, column, value] of edit.changed) {
    const row = after.get(rows[i]?.[0] ?? "");
    if (row !== undefined) row[column] = value;
  }
  const cells = rows.flatMap((row) =>
    [1, 2, 3].flatMap((column) => {
      const now = after.get(row[0]);
      return now === undefined || equal(row[column] ?? null, now[column] ?? null)
        ? []
        : [[row[0], `c${column}`] as const];
    }),
  );
  const all = [...after.values(), ...edit.added] as Cell[][];
  return {
    rows: (edit.shuffle ? all.toReversed() : all) as unknown as Row[],
    missing: [...gone],
    extra: edit.added.map(([key]) => key),
    cells,
  };
}

function equal(a: Cell, b: Cell): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : Object.is(a, b);
}

function store(key: string, options: string, rows: readonly Row[], keyOf: (key: string) => bigint | string): Opened {
  return sqlite(`CREATE TABLE t (${key}, c1, c2, c3)${options}`, (db) => {
    const insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
    for (const [k, ...cells] of rows) insert.run(keyOf(k), ...cells);
  });
}

function bag(values: readonly Cell[]): Opened {
  return sqlite("CREATE TABLE t (v)", (db) => {
    const insert = db.prepare("INSERT INTO t VALUES (?)");
    for (const value of values) insert.run(value);
  });
}

function shownCell(value: Cell): string {
  if (value === null) return "v=NULL";
  return typeof value === "string" ? `v="${value}"` : `v=${Object.is(value, -0) ? "-0.0" : String(value)}`;
}
