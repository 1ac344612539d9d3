/** Foreign keys that share their columns: each arrives as itself, with what it does, and is proven as itself. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPipeline, run } from "../../src/index.ts";
import { withFullMessage } from "../schema-first/scene.ts";
import { freshDatabase } from "../support/database.ts";
import { freshPath, makeDatabase } from "../support/scratch-database.ts";

type Case = {
  readonly name: string;
  readonly sql: string;
  readonly pipeline?: string;
  /** `name: pg_get_constraintdef` of the table c. */
  readonly keys: readonly string[];
  /** Rows of c, and of the ledger, where the case is about them. */
  readonly rows?: readonly string[];
  readonly ledger?: readonly string[];
  readonly quarantined?: readonly string[];
};

const parents =
  "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE q (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); INSERT INTO q VALUES (1)";

const cases: readonly Case[] = [
  {
    name: "two to one parent with different actions",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p(id) ON DELETE CASCADE, FOREIGN KEY(a) REFERENCES p(id) ON DELETE SET NULL); INSERT INTO c VALUES (1, 1)`,
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES p(id) ON DELETE SET NULL",
    ],
  },
  {
    name: "identical ones, with and without names",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p(id) REFERENCES p, b INTEGER CONSTRAINT x REFERENCES p CONSTRAINT x REFERENCES p, FOREIGN KEY (a) REFERENCES p (id)); INSERT INTO c VALUES (1, 1, 1)`,
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id)",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES p(id)",
      "c_a_fkey_2: FOREIGN KEY (a) REFERENCES p(id)",
      "x: FOREIGN KEY (b) REFERENCES p(id)",
      "x_1: FOREIGN KEY (b) REFERENCES p(id)",
    ],
  },
  {
    name: "to two parents",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES q ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (1, 1)`,
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES q(id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
    ],
  },
  {
    name: "to two columns of one parent",
    sql: "CREATE TABLE p (id INTEGER PRIMARY KEY, u INTEGER UNIQUE); INSERT INTO p VALUES (1, 1); CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE SET NULL REFERENCES p (u) ON DELETE CASCADE); INSERT INTO c VALUES (1, 1)",
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE SET NULL",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES p(u) ON DELETE CASCADE",
    ],
  },
  {
    name: "composite ones that overlap, twice and in another order",
    sql: `CREATE TABLE p (x INTEGER, y INTEGER, PRIMARY KEY (x, y)); CREATE TABLE q (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1, 1); INSERT INTO q VALUES (1);
      CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES q, b INTEGER,
        FOREIGN KEY (a, b) REFERENCES p (x, y) ON DELETE CASCADE, FOREIGN KEY (a, b) REFERENCES p (x, y) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY (b, a) REFERENCES p (x, y), FOREIGN KEY (b, a) REFERENCES p (y, x) ON DELETE SET NULL); INSERT INTO c VALUES (1, 1, 1)`,
    keys: [
      "c_a_b_fkey: FOREIGN KEY (a, b) REFERENCES p(x, y) ON DELETE CASCADE",
      "c_a_b_fkey_1: FOREIGN KEY (a, b) REFERENCES p(x, y) DEFERRABLE INITIALLY DEFERRED",
      "c_a_fkey: FOREIGN KEY (a) REFERENCES q(id)",
      "c_b_a_fkey: FOREIGN KEY (b, a) REFERENCES p(x, y)",
      "c_b_a_fkey_1: FOREIGN KEY (b, a) REFERENCES p(y, x) ON DELETE SET NULL",
    ],
  },
  {
    name: "one of them lost, as accepted, and the other not",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES nowhere (id) ON DELETE SET NULL); INSERT INTO c VALUES (1, 1)`,
    pipeline: "accept: [{ code: FOREIGN_KEY_LOST, column: c.a, policy: lose }]",
    keys: ["c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE"],
  },
  {
    name: "both given up",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p REFERENCES q); INSERT INTO c VALUES (1, 1)`,
    pipeline: "accept: [{ code: FOREIGN_KEY_LOST, column: c.a, policy: lose }]",
    keys: [],
  },
  {
    name: "orphans of both, set to NULL once",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES p ON DELETE SET NULL REFERENCES q); INSERT INTO q VALUES (2); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: c.a, policy: 'null' }]",
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES p(id) ON DELETE SET NULL",
      "c_a_fkey_2: FOREIGN KEY (a) REFERENCES q(id)",
    ],
    rows: ["1 1", "2 -", "3 -"],
    ledger: ["id=2 a integer 2", "id=3 a integer 3"],
  },
  {
    name: "orphans of both in quarantine once",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES q); INSERT INTO q VALUES (2); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: c.a, policy: quarantine }]",
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES q(id)",
    ],
    rows: ["1 1"],
    quarantined: ["id=2", "id=3"],
  },
  {
    name: "orphans of both left unchecked",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES p ON DELETE SET NULL REFERENCES q); INSERT INTO q VALUES (2); INSERT INTO c VALUES (1, 1), (2, 2)`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: c.a, policy: not-valid }]",
    keys: [
      "c_a_fkey: FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE NOT VALID",
      "c_a_fkey_1: FOREIGN KEY (a) REFERENCES p(id) ON DELETE SET NULL NOT VALID",
      "c_a_fkey_2: FOREIGN KEY (a) REFERENCES q(id)",
    ],
    rows: ["1 1", "2 2"],
  },
  {
    name: "names that had to be cut",
    sql: `${parents}; CREATE TABLE c (id INTEGER PRIMARY KEY, "a column whose name is too long for two of them to be kept apart" INTEGER REFERENCES p ON DELETE CASCADE REFERENCES p ON DELETE SET NULL); INSERT INTO c VALUES (1, 1)`,
    keys: [
      'c_a column whose name is too long for two of them _0_fkey: FOREIGN KEY ("a column whose name is too long for two of them to be _e8eedc38") REFERENCES p(id) ON DELETE CASCADE',
      'c_a column whose name is too long for two of them _1_fkey: FOREIGN KEY ("a column whose name is too long for two of them to be _e8eedc38") REFERENCES p(id) ON DELETE SET NULL',
    ],
  },
];

describe.concurrent("foreign keys that share their columns", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => play(one));
});

async function play({ sql, pipeline = "", keys, rows, ledger, quarantined }: Case): Promise<void> {
  const { pool, url, drop } = await freshDatabase();
  try {
    const path = freshPath("pipeline.yaml");
    const source = makeDatabase(sql);
    writeFileSync(
      path,
      `name: keys\nsource: { kind: sqlite, path: ${JSON.stringify(source)} }\ntarget: { kind: postgres, url: "${url}" }\n${pipeline}\n`,
    );
    await withFullMessage(() => run(readPipeline(path, {})));
    const list = async (query: string): Promise<string[]> => {
      const found = await pool.query<{ line: string }>(query);
      return found.rows.map(({ line }) => line);
    };
    expect(
      await list(
        `SELECT conname || ': ' || pg_get_constraintdef(oid) AS line FROM pg_constraint WHERE conrelid = 'c'::regclass AND contype = 'f' ORDER BY conname COLLATE "C"`,
      ),
    ).toEqual(keys);
    if (rows !== undefined)
      expect(await list("SELECT id || ' ' || coalesce(a::text, '-') AS line FROM c ORDER BY id")).toEqual(rows);
    expect(
      await list("SELECT concat_ws(' ', key, column_name, before) AS line FROM rowhaul.ledger ORDER BY 1"),
    ).toEqual(ledger ?? []);
    expect(await list("SELECT key AS line FROM rowhaul.quarantine ORDER BY 1")).toEqual(quarantined ?? []);
  } finally {
    await drop();
  }
}
