/** Digests of rows on disk, so that memory is flat however many there are. The file goes with the comparison. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { onDisk } from "../system/disk-error.ts";

export type Scratch = {
  /** Counts rows of one key and digest up (1) or down (−1). */
  add(key: Buffer, row: Buffer, sign: 1 | -1): void;
  /** After all rows of both sides: keeps what did not cancel out. */
  settle(): void;
  /** `changed`: keys with one row left on each side. The others count as missing and extra rows. */
  totals(): { readonly missing: number; readonly extra: number; readonly changed: number };
  /** What is left of a key; null when nothing is. */
  kindOf(key: Buffer): "changed" | "apart" | null;
  /** Takes one row of that sign away; false when none is left. */
  take(key: Buffer, row: Buffer, sign: 1 | -1): boolean;
  hold(key: Buffer, row: Buffer): void;
  held(key: Buffer): Buffer;
  close(): void;
};

/** In a folder of its own (0700), for rows that differ stand in it whole. Throws LOCAL_DISK. */
export function openScratch(parent: string | null): Scratch {
  const { folder, db } = onDisk(what, () => {
    const made = mkdtempSync(join(parent ?? tmpdir(), "rowhaul-compare-"));
    const file = new Database(join(made, "digests.db"));
    file.pragma("journal_mode = OFF");
    file.pragma("synchronous = OFF");
    file.pragma("cache_size = -32768");
    file.exec(`CREATE TABLE digests (key BLOB, row BLOB, n INTEGER, PRIMARY KEY (key, row)) WITHOUT ROWID; BEGIN`);
    return { folder: made, db: file };
  });
  const add = db.prepare("INSERT INTO digests VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n");
  // Statements on tables that `settle` makes.
  let kind: Database.Statement | null = null;
  let take: Database.Statement | null = null;
  let hold: Database.Statement | null = null;
  let held: Database.Statement | null = null;
  return {
    add: (key, row, sign) => {
      onDisk(what, () => add.run(key, row, sign));
    },
    settle: () => {
      onDisk(what, () => {
        db.exec(settling);
        kind = db.prepare("SELECT missing = 1 AND extra = 1 FROM apart WHERE key = ?").pluck();
        take = db.prepare("UPDATE digests SET n = n - ? WHERE key = ? AND row = ? AND n * ? > 0");
        hold = db.prepare("UPDATE apart SET held = ? WHERE key = ?");
        held = db.prepare("SELECT held FROM apart WHERE key = ?").pluck();
      });
    },
    totals: () => onDisk(what, () => db.prepare(counting).get() as ReturnType<Scratch["totals"]>),
    kindOf: (key) => {
      const changed = kind?.get(key);
      return changed === undefined ? null : changed === 1 ? "changed" : "apart";
    },
    take: (key, row, sign) => onDisk(what, () => take?.run(sign, key, row, sign).changes === 1),
    hold: (key, row) => {
      onDisk(what, () => hold?.run(row, key));
    },
    held: (key) => held?.get(key) as Buffer,
    close: () => {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const what = "the comparison's scratch file";

const settling = `
  CREATE TABLE apart (key BLOB PRIMARY KEY, missing INTEGER, extra INTEGER, held BLOB) WITHOUT ROWID;
  INSERT INTO apart SELECT key, sum(max(n, 0)), sum(max(-n, 0)), NULL FROM digests WHERE n <> 0 GROUP BY key`;

const counting = `
  SELECT coalesce(sum(missing) FILTER (WHERE NOT (missing = 1 AND extra = 1)), 0) AS missing,
         coalesce(sum(extra) FILTER (WHERE NOT (missing = 1 AND extra = 1)), 0) AS extra,
         count(*) FILTER (WHERE missing = 1 AND extra = 1) AS changed
  FROM apart`;
