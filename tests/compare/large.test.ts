import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { compareStores } from "../../src/compare/compare.ts";
import type { Opened } from "../../src/compare/comparison.ts";
import { sqlite } from "./stores.ts";

const rows = 200_000;

/** `order`: how the rows are written; `edit`: SQL afterwards. */
function large(key: string, order: string, edit = ""): Opened {
  return sqlite(
    `PRAGMA synchronous = OFF; CREATE TABLE t (k ${key}, n, text, bytes);
     WITH RECURSIVE i(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM i WHERE i < ${rows - 1})
     INSERT INTO t SELECT 'key ' || i, i * 0.5, 'some text of row ' || i, zeroblob(50) FROM i ORDER BY ${order}; ${edit}`,
  );
}

test("200,000 rows in another order: flat in memory, and what differs is named", { timeout: 30_000 }, async () => {
  const a = large("TEXT PRIMARY KEY", "i");
  const b = large(
    "TEXT PRIMARY KEY",
    "i DESC",
    "UPDATE t SET n = -1 WHERE k = 'key 77777'; DELETE FROM t WHERE k = 'key 5'; INSERT INTO t VALUES ('key -1', 0, 0, 0);",
  );
  let most = 0;
  const seen = { rows: 0 };
  const before = memory();
  const found = await compareStores(a, b, {
    progress: (_, read) => {
      seen.rows = read;
      if (read % (4096 * 16) === 0) most = Math.max(most, memory() - before);
    },
  });
  expect(found.tables[0]).toMatchObject({
    rowsInA: rows,
    rowsInB: rows,
    missingRows: { count: 1, samples: ['k="key 5"'] },
    extraRows: { count: 1, samples: ['k="key -1"'] },
    cells: { count: 1, samples: [{ key: 'k="key 77777"', column: "n", a: "real 38888.5", b: "integer -1" }] },
  });
  expect(seen.rows).toBeGreaterThan(rows);
  // All rows of one side alone would be some 40 MB as JavaScript values.
  expect(most).toBeLessThan(20 << 20);
});

test("equal tables are read once, whatever their key", { timeout: 30_000 }, async () => {
  for (const key of ["TEXT PRIMARY KEY", ""]) {
    const a = large(key, "i");
    let read = 0;
    const found = await compareStores(a, a, {
      progress: (_, done) => {
        read = done;
      },
    });
    expect(found.differences).toBe(0);
    // Two rows side by side are one step.
    expect(read).toBeLessThanOrEqual(rows);
  }
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is live. */
function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
