/**
 * Keys of the source's rows, by digest, kept on disk: what rows of the target are looked
 * for by where others stand between them.
 */
import { quoteName } from "../../quote.ts";
import type { Comparison } from "./comparison.ts";
import type { Connection } from "./scratch.ts";

const keysPerQuestion = 200_000;

export type Wanted = {
  add(key: Buffer, group: number): void;
  /** Each key once, in portions; `groups`: only of these. */
  portions(groups: ReadonlySet<number> | null): Generator<Buffer[]>;
};

export function openWanted(db: Connection): Wanted {
  db.exec("CREATE TABLE IF NOT EXISTS wanted(key BLOB PRIMARY KEY, grp INTEGER) WITHOUT ROWID; DELETE FROM wanted");
  const add = db.prepare("INSERT OR IGNORE INTO wanted VALUES (?, ?)");
  const page = db.prepare<[Buffer, number], { key: Buffer; grp: number }>(
    "SELECT key, grp FROM wanted WHERE key > ? ORDER BY key LIMIT ?",
  );
  return {
    add: (key, group) => {
      add.run(key, group);
    },
    *portions(groups) {
      let after: Buffer = Buffer.alloc(0);
      let portion: Buffer[] = [];
      for (;;) {
        const rows = page.all(after, 10_000);
        for (const { key, grp } of rows) if (groups === null || groups.has(grp)) portion.push(key);
        if (portion.length >= keysPerQuestion || (rows.length === 0 && portion.length > 0)) {
          yield portion;
          portion = [];
        }
        if (rows.length === 0) return;
        after = rows.at(-1)?.key ?? after;
      }
    },
  };
}

/** The source's integer keys, in order. */
export function* integerKeys(
  { source, table, from }: Pick<Comparison, "source" | "table" | "from">,
  low: bigint,
  high: bigint,
): Generator<bigint> {
  const key = quoteName(table.key.columns[0] ?? "");
  const rows = source
    .prepare<[bigint, bigint], bigint>(`SELECT ${key} ${from} AND ${key} BETWEEN ? AND ? ORDER BY ${key}`)
    .pluck();
  yield* rows.iterate(low, high);
}
