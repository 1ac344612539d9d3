/** The proof of a snapshot: each table's digest by PostgreSQL's own SQL, against that of the cells in the file. */
import Database from "better-sqlite3";
import type { Finding, ValidatorResult } from "../../core/finding.ts";
import { plural } from "../../core/messages/count.ts";
import type { ReadTable } from "./catalog.ts";
import { type Digest, snapshotDigest } from "./digest.ts";

export function compareDigests(
  snapshot: string,
  tables: readonly ReadTable[],
  expected: ReadonlyMap<string, Digest>,
  started: number,
  signal: AbortSignal,
): ValidatorResult {
  const db = new Database(snapshot, { readonly: true, fileMustExist: true });
  const findings: Finding[] = [];
  let rows = 0n;
  let cells = 0n;
  try {
    for (const read of tables) {
      const { name } = read.table;
      const theirs = expected.get(name);
      const ours = snapshotDigest(db, read, signal);
      rows += ours.rows;
      cells += ours.rows * BigInt(read.table.columns.length);
      if (theirs !== undefined && same(theirs, ours)) continue;
      findings.push({
        validator: "snapshot",
        level: "difference",
        table: name,
        key: null,
        column: null,
        source: theirs === undefined ? null : `${theirs.rows} rows`,
        target: `${ours.rows} rows`,
        message:
          theirs?.rows === ours.rows
            ? `The snapshot's ${ours.rows} rows of ${name} are not those that the source digests.`
            : `The source counts ${theirs?.rows ?? "no"} rows of ${name}, the snapshot ${ours.rows}.`,
      });
    }
  } finally {
    db.close();
  }
  return {
    validator: "snapshot",
    passed: findings.length === 0,
    checked: { rows: Number(rows), cells: Number(cells), objects: tables.length },
    findings,
    differences: findings.length,
    summary:
      findings.length === 0
        ? `${plural(Number(rows), "row")} in ${plural(tables.length, "table")}: each table's digest is the source's own`
        : `${plural(findings.length, "table")} of ${tables.length} with another digest than the source's`,
    seconds: (performance.now() - started) / 1000,
  };
}

function same(a: Digest, b: Digest): boolean {
  return a.rows === b.rows && a.sums[0] === b.sums[0] && a.sums[1] === b.sums[1];
}
