/** The profile against a plain look at every cell. */
import { isUtf8 } from "node:buffer";
import type Database from "better-sqlite3";
import BetterSqlite from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnProfile, StorageClass, TableProfile } from "../../../src/core/plan/profile.ts";
import { writtenLayout } from "../../../src/core/values/date-layout.ts";
import { jsonProblem } from "../../../src/core/values/json-facts.ts";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { withPages } from "../../../src/snapshot/pages/page-file.ts";
import { ChunkReader } from "../../../src/snapshot/profile/chunk.ts";
import { profileTables } from "../../../src/snapshot/profile/profile.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { type Cell, cells, insert } from "../cells.ts";

const hooks = { progress() {}, signal: new AbortController().signal };

/** By the pages where they can be read, else through SQLite; where both can, they must say the same. */
async function profileOf(path: string, where: string | null = null, name = "t"): Promise<TableProfile> {
  const db = openSqlite(path);
  try {
    const catalog = readCatalog(db);
    const table = catalog.tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw new Error("no table");
    const requests = [{ table, where, kinds: new Map() }];
    const read = await profileTables(db, null, catalog, requests, hooks);
    const paged = await withPages(path, (pages) => profileTables(db, pages, catalog, requests, hooks));
    const { viaSqlite, ...found } = paged.tables[name] as TableProfile;
    expect({ ...found, viaSqlite: "" }).toEqual({ ...read.tables[name], viaSqlite: "" });
    if (catalog.encoding === "UTF-8" && where === null) expect(viaSqlite).toBeNull();
    return paged.tables[name] as TableProfile;
  } finally {
    db.close();
  }
}

type Naive = Omit<ColumnProfile, "samples" | "longest" | "layouts" | "json" | "nul" | "invalidEncoding"> & {
  nul: number;
  invalid: number;
  layouts: Record<string, number>;
  json: Record<string, number>;
  longest: number | null;
};

function naive(db: Database.Database, column: string, declared: string, where: string): Naive {
  const wide = db.pragma("encoding", { simple: true }) !== "UTF-8";
  const big = db.pragma("encoding", { simple: true }) === "UTF-16be";
  const rows = db
    .prepare(`SELECT typeof("${column}"), "${column}", CAST("${column}" AS BLOB) FROM t WHERE ${where}`)
    .raw()
    .safeIntegers()
    .all() as [StorageClass, unknown, Buffer | null][];
  const counts = { null: 0, integer: 0, real: 0, text: 0, blob: 0 };
  const integers: bigint[] = [];
  let reals: { infinite: number; negativeZero: number } | null = null;
  const found: Naive = {
    counts,
    integers: null,
    reals,
    nul: 0,
    invalid: 0,
    layouts: {},
    json: {},
    spellings: null,
    longest: 0,
  };
  const texts = new Map<string, string>();
  let bytesNotText = 0;
  for (const [storage, value, bytes] of rows) {
    counts[storage]++;
    if (storage === "integer") integers.push(value as bigint);
    if (storage === "real") {
      reals ??= { infinite: 0, negativeZero: 0 };
      if (!Number.isFinite(value)) reals.infinite++;
      if (Object.is(value, -0)) reals.negativeZero++;
    }
    if (storage === "integer" || storage === "real") found.longest = null;
    if ((storage === "text" || storage === "blob") && bytes !== null && found.longest !== null)
      found.longest = Math.max(found.longest, bytes.length);
    if (storage === "blob" && bytes !== null && !(isUtf8(bytes) && !bytes.includes(0))) bytesNotText++;
    if (storage !== "text") continue;
    const raw = Buffer.from(bytes ?? "");
    const utf16 = (big ? Buffer.from(raw).swap16() : raw).toString("utf16le");
    const utf8 = raw.toString("utf8");
    const valid = wide ? utf16.isWellFormed() : Buffer.from(utf8).equals(raw);
    const text = wide ? utf16 : utf8;
    if (!valid) found.invalid++;
    else if (text.includes("\0")) found.nul++;
    if (declared === "DATETIME") {
      const layout = text === "" ? "(empty)" : (writtenLayout(text) ?? "(not a date)");
      found.layouts[layout] = (found.layouts[layout] ?? 0) + 1;
    }
    if (declared === "JSON") {
      const problem = jsonProblem(value as string);
      if (problem !== null) found.json[problem] = (found.json[problem] ?? 0) + 1;
    }
    texts.set(raw.toString("hex"), value as string);
  }
  integers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    ...found,
    ...(counts.text > 0 && counts.blob > 0 ? { bytesNotText } : {}),
    reals,
    integers: integers.length === 0 ? null : { min: String(integers[0]), max: String(integers.at(-1)) },
    spellings: declared === "BOOLEAN" && texts.size > 0 && texts.size <= 4 ? [...texts.values()].sort() : null,
  };
}

function comparable(column: ColumnProfile, longest: boolean): Naive {
  const { samples: _, nul, invalidEncoding, layouts, json, ...rest } = column;
  return {
    ...rest,
    longest: longest ? column.longest : null,
    nul: nul.count,
    invalid: invalidEncoding.count,
    layouts: Object.fromEntries(layouts.map(({ layout, found }) => [layout, found.count])),
    json: Object.fromEntries(json.map(({ problem, found }) => [problem, found.count])),
  };
}

const columns = {
  a: "",
  i: "INTEGER",
  r: "REAL",
  s: "TEXT",
  c: "VARCHAR COLLATE NOCASE",
  n: "NUMERIC",
  b: "BLOB",
  d: "DATETIME",
  j: "JSON",
  f: "BOOLEAN",
};
const width = Object.keys(columns).length;

async function compare(path: string, where: string | null): Promise<void> {
  const profile = await profileOf(path, where);
  const db = new BetterSqlite(path, { readonly: true });
  try {
    expect(profile.rows).toBe(db.prepare("SELECT count(*) FROM t").pluck().get());
    expect(profile.selected).toBe(
      db
        .prepare(`SELECT count(*) FROM t WHERE ${where ?? "1"}`)
        .pluck()
        .get(),
    );
    for (const [name, declared] of Object.entries(columns)) {
      const wanted = naive(db, name, declared, where ?? "1");
      expect({ name, ...comparable(profile.columns[name] as ColumnProfile, wanted.longest !== null) }).toEqual({
        name,
        ...wanted,
      });
    }
  } finally {
    db.close();
  }
}

function table(encoding: string, key: string, rows: readonly (readonly Cell[])[]): string {
  return makeDatabase((db) => {
    const parts = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    db.exec(`PRAGMA encoding = '${encoding}'`);
    const rowid = key === "WITHOUT ROWID" ? "" : key;
    db.exec(
      `CREATE TABLE t(${[...parts, "k INTEGER PRIMARY KEY", rowid].filter((part) => part !== "").join(", ")}) ${key === "WITHOUT ROWID" ? key : ""}`,
    );
    for (const [i, row] of rows.entries())
      insert(db, "t", [...row, BigInt(i * 3 - 5), ...(rowid === "" ? [] : rowid.split(",").map(() => null))]);
  });
}

describe("the profile of random cells", () => {
  it.each([
    ["UTF-8", "", null],
    ["UTF-8", "WITHOUT ROWID", null],
    ["UTF-8", "rowid, _rowid_, oid", null],
    ["UTF-8", "", "k % 2 = 0"],
    ["UTF-16le", "", null],
  ] as const)(
    "in %s, %s, where %s, is what a plain look finds",
    async (encoding, key, where) => {
      const row = fc.array(cells(encoding !== "UTF-8"), { minLength: width, maxLength: width });
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
          await compare(table(encoding, key, rows), where);
        }),
        { numRuns: 40 },
      );
    },
    30_000,
  );

  it("in UTF-16be", async () => {
    const path = makeDatabase((db) => {
      db.exec("PRAGMA encoding = 'UTF-16be'; CREATE TABLE t(a, b)");
      insert(db, "t", [{ text: Buffer.from("0041d83dde00", "hex") }, { text: Buffer.from("d8000041", "hex") }]);
      insert(db, "t", [{ text: Buffer.from("00410000", "hex") }, null]);
    });
    const { columns: found } = await profileOf(path);
    expect([found.a?.nul.count, found.a?.invalidEncoding.count]).toEqual([1, 0]);
    expect([found.b?.nul.count, found.b?.invalidEncoding.count]).toEqual([0, 1]);
    expect(found.a?.nul.samples).toEqual([{ key: "rowid=2", value: 'text "A\\u0000"' }]);
  });
});

describe("chunks", () => {
  const rowids = fc.uniqueArray(
    fc.oneof(
      fc.constantFrom(-(2n ** 63n), -(2n ** 63n) + 1n, -1n, 0n, 1n, 2n ** 63n - 2n, 2n ** 63n - 1n),
      fc.bigInt({ min: -12n, max: 12n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    { maxLength: 30 },
  );

  it("hold every row once, whatever the rowids and the size", () => {
    fc.assert(
      fc.property(rowids, fc.integer({ min: 1, max: 10 }), (ids, size) => {
        const path = makeDatabase((db) => {
          db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY)");
          for (const id of ids) db.prepare("INSERT INTO t VALUES (?)").run(id);
        });
        const db = openSqlite(path);
        const [found] = readCatalog(db).tables;
        if (found === undefined) throw new Error("no table");
        const seen: bigint[] = [];
        for (const chunk of new ChunkReader(db, found, null, size).chunks()) {
          const rows = chunk.all("id", "") as [bigint][];
          expect(rows.length).toBeLessThanOrEqual(size);
          seen.push(...rows.map(([id]) => id));
        }
        db.close();
        expect(seen).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
      }),
      { numRuns: 60 },
    );
  });

  it.each([19_999, 20_000, 20_001, 40_000, 40_001])(
    "of 20,000 rows, %i in all, miss nothing at the edges",
    async (rows) => {
      const path = makeDatabase(
        `CREATE TABLE t(id INTEGER PRIMARY KEY, v);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT i, 1 FROM n;
       UPDATE t SET v = 'a' || char(0) WHERE id IN (1, 20000, 20001, ${rows})`,
      );
      const profile = await profileOf(path);
      const odd = new Set([1, 20_000, 20_001, rows].filter((id) => id <= rows)).size;
      expect(profile.selected).toBe(rows);
      expect(profile.columns.v?.nul.count).toBe(odd);
      expect(profile.columns.v?.counts).toEqual({ null: 0, integer: rows - odd, real: 0, text: odd, blob: 0 });
      expect(profile.columns.id?.integers).toEqual({ min: "1", max: String(rows) });
    },
  );

  it("of a few megabytes each find what only one of them holds", async () => {
    const path = makeDatabase((db) => {
      db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      const text = "é".repeat(700_000);
      for (let i = 1; i <= 12; i++) db.prepare("INSERT INTO t VALUES (?, ?)").run(i, text);
      db.exec("UPDATE t SET v = v || char(0) WHERE id = 12; UPDATE t SET v = CAST(v || x'ff' AS TEXT) WHERE id = 7");
    });
    const { columns: found } = await profileOf(path);
    expect(found.v?.nul).toEqual({
      count: 1,
      samples: [{ key: "id=12", value: expect.stringMatching(/^text "é+…$/) }],
    });
    expect(found.v?.invalidEncoding.count).toBe(1);
    expect(found.v?.invalidEncoding.samples[0]?.key).toBe("id=7");
    expect(found.v?.longest).toBe(1_400_001);
  });

  it("keep halves of a character in neighbouring cells apart", async () => {
    const path = makeDatabase("CREATE TABLE t(a, b)", freshPath());
    const db = new BetterSqlite(path);
    insert(db, "t", [{ text: Buffer.from([0xc3]) }, { text: Buffer.from([0xa9]) }]);
    db.close();
    const { columns: found } = await profileOf(path);
    expect([found.a?.invalidEncoding.count, found.b?.invalidEncoding.count]).toEqual([1, 1]);
  });
});

describe("samples", () => {
  it("say where, and show the value exactly", async () => {
    const path = makeDatabase(
      `CREATE TABLE t(k TEXT, n INTEGER, v INTEGER, PRIMARY KEY (k, n));
       INSERT INTO t VALUES ('a''b', 1, 5), ('c', 2, 'n/a'), ('d', 3, 0.1), ('e', 4, x'00ff'), ('f', 5, NULL)`,
    );
    const { columns: found } = await profileOf(path);
    expect(found.v?.samples).toEqual({
      null: { key: 'k="f", n=5', value: "NULL" },
      integer: { key: 'k="a\'b", n=1', value: "integer 5" },
      real: { key: 'k="d", n=3', value: "real 0.1" },
      text: { key: 'k="c", n=2', value: 'text "n/a"' },
      blob: { key: 'k="e", n=4', value: "blob x'00ff'" },
    });
  });

  it("keep to the selection", async () => {
    const path = makeDatabase(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, d DATE); INSERT INTO t VALUES (1, 'x'), (2, '2024-01-01'), (3, 'y')",
    );
    const { columns: found } = await profileOf(path, "id > 1");
    expect(found.d?.layouts).toEqual([
      { layout: "YYYY-MM-DD", found: { count: 1, samples: [{ key: "id=2", value: 'text "2024-01-01"' }] } },
      { layout: "(not a date)", found: { count: 1, samples: [{ key: "id=3", value: 'text "y"' }] } },
    ]);
  });
});

it("a stopped profile stops", async () => {
  const db = openSqlite(makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (1)"));
  const catalog = readCatalog(db);
  const signal = AbortSignal.abort();
  const requests = catalog.tables.map((found) => ({ table: found, where: null, kinds: new Map() }));
  await expect(profileTables(db, null, catalog, requests, { progress() {}, signal })).rejects.toThrow(/abort/i);
  db.close();
});
