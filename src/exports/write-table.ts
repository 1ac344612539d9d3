/** One file of an export: a reading's rows as NDJSON, counted and hashed on their way. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type Database from "better-sqlite3";
import type { Catalog } from "../core/schema/catalog.ts";
import type { ExportCell } from "./cell.ts";
import { longestLine, rowTooLong } from "./line-limit.ts";
import { readCells } from "./read-cells.ts";
import type { Reading } from "./reading.ts";
import { isLarge, largeCellPieces, writeCell } from "./write-cell.ts";

export type Written = { readonly rows: number; readonly bytes: number; readonly sha256: string };

export async function writeTable(
  db: Database.Database,
  reading: Reading,
  encoding: Catalog["encoding"],
  file: { readonly path: string; readonly gzip: boolean },
  hooks: { progress(done: number): void; readonly signal: AbortSignal },
): Promise<Written> {
  const hash = createHash("sha256");
  const counts = { rows: 0, bytes: 0 };
  function* hashed(): Generator<Buffer> {
    for (const { block, rows } of tableBlocks(db, reading, encoding)) {
      hash.update(block);
      counts.bytes += block.length;
      counts.rows += rows;
      hooks.progress(counts.rows);
      yield block;
    }
  }
  // "flush": the file is synced before it is closed.
  const out = createWriteStream(file.path, { mode: 0o600, flags: "wx", flush: true });
  const options = { signal: hooks.signal };
  try {
    if (file.gzip) await pipeline(hashed(), createGzip(), out, options);
    else await pipeline(hashed(), out, options);
  } catch (thrown) {
    // Whoever stopped it says why; the pipeline has an error of its own for that.
    hooks.signal.throwIfAborted();
    throw thrown;
  }
  return { ...counts, sha256: hash.digest("hex") };
}

/** The same bytes without a file, in blocks; each with how many rows end in it. Throws SOURCE_UNSUPPORTED for a row that no line can hold. */
export function* tableBlocks(
  db: Database.Database,
  reading: Reading,
  encoding: Catalog["encoding"],
  longest = longestLine,
): Generator<{ readonly block: Buffer; readonly rows: number }> {
  const members = reading.rowid === null ? [] : [{ name: reading.rowid.member, style: "plain" as const }];
  const columns = [...members, ...reading.columns];
  const heads = columns.map(({ name }, i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  let text = "";
  let rows = 0;
  let done = 0;
  let lineBytes = 0;
  for (const row of readCells(db, reading, encoding)) {
    for (const [i, { style }] of columns.entries()) {
      const cell = row[i] ?? null;
      text += heads[i];
      if (!isLarge(cell) && text.length < blockLength) {
        text += writeCell(cell, style);
        continue;
      }
      for (const piece of isLarge(cell) ? largeCellPieces(cell, style) : [writeCell(cell, style)]) {
        const block = Buffer.from(text + piece);
        lineBytes += block.length;
        if (lineBytes > longest) throw rowTooLong(reading.table, done + 1, firstCells(row, columns), longest);
        yield { block, rows };
        text = "";
        rows = 0;
      }
    }
    text += "}\n";
    rows += 1;
    done += 1;
    lineBytes = 0;
    if (text.length < blockLength) continue;
    yield { block: Buffer.from(text), rows };
    text = "";
    rows = 0;
  }
  if (text !== "") yield { block: Buffer.from(text), rows };
}

const blockLength = 1 << 16;

/** Enough to find a row by. */
function firstCells(row: readonly ExportCell[], columns: readonly { readonly name: string }[]): string {
  const shown = row.slice(0, 3).flatMap((cell, i) => {
    if (isLarge(cell)) return [];
    return [`${columns[i]?.name} ${writeCell(cell, "plain").slice(0, 60)}`];
  });
  return shown.join(", ");
}
