/**
 * Sends batches of rows into one table: by COPY binary, or as text where a column's values are literals of their type.
 */

import { setImmediate as pause } from "node:timers/promises";
import type { ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { StoredReading } from "../../../core/values/stored-rows.ts";
import type { Row } from "../../../core/values/wire.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { CopyIn } from "./copy-in.ts";
import { rowEncoder } from "./encode.ts";
import { storedEncoder } from "./encode-stored.ts";
import { textRowEncoder } from "./encode-text.ts";
import { CopyWriter } from "./writer.ts";

/** Only its type's own input function reads it. */
function isLiteral({ encoding: { kind } }: ColumnPlan): boolean {
  return kind === "literal" || kind === "live";
}

export type CopyHooks = { progress(rows: number): void; signal: AbortSignal };

/** Returns the number of rows that the server counted. `stored`: the same rows as they are stored, to be sent instead. */
export async function copyRows(
  client: Client,
  schema: string,
  table: TablePlan,
  batches: Iterable<Row[]>,
  hooks: CopyHooks,
  stored?: () => StoredReading,
): Promise<number> {
  const { fullText } = table;
  const vectors = fullText?.build === "copy" ? [fullText.vector, fullText.length, fullText.big] : [];
  const sent = [...table.columns.filter((column) => !column.computed).map((column) => column.target), ...vectors].map(
    quoteName,
  );
  const literal = table.columns.some((column) => !column.computed && isLiteral(column));
  const copy = client.query(
    new CopyIn(
      `COPY ${qualified(schema, table.target)} (${sent.join(", ")}) FROM STDIN (FORMAT ${literal ? "text" : "binary"})`,
    ),
  );
  await copy.begin();
  const source =
    stored === undefined ? fromBatches(table, batches, literal, vectors.length > 0) : fromPages(table, stored);
  let paused = performance.now();
  for (const { rows, buffers } of source) {
    hooks.signal.throwIfAborted();
    for (const buffer of buffers) await copy.write(buffer);
    if (rows > 0) hooks.progress(rows);
    // A fast server never makes us wait; yield anyway, so that timers, signals and other connections get their turn.
    if (performance.now() - paused < longestTurnMs) continue;
    await pause();
    paused = performance.now();
  }
  return copy.end();
}

const longestTurnMs = 20;

/** What is to be sent next; `rows`: how many more are encoded by then. */
type Encoded = { readonly rows: number; readonly buffers: Iterable<Buffer> };

function* fromBatches(
  table: TablePlan,
  batches: Iterable<Row[]>,
  literal: boolean,
  vectors: boolean,
): Generator<Encoded> {
  const format = literal ? textFormat(table) : binaryFormat(table, vectors);
  for (const batch of batches) yield { rows: batch.length, buffers: format.batch(batch) };
  yield { rows: 0, buffers: format.end() };
}

function* fromPages(table: TablePlan, open: () => StoredReading): Generator<Encoded> {
  const reading = open();
  try {
    const encode = storedEncoder(table.columns, reading);
    const out = new CopyWriter();
    out.header();
    for (;;) {
      let rows = 0;
      while (rows < storedBatch && reading.rows.next()) {
        encode(out);
        rows++;
      }
      if (rows === 0) break;
      yield { rows, buffers: out.takeFull() };
    }
    out.trailer();
    yield { rows: 0, buffers: out.takeAll() };
  } finally {
    reading.close();
  }
}

/** Rows between two looks at what is to be sent. */
const storedBatch = 512;

/** `batch`: buffers that are full by now; `end`: the rest. */
type Format = { batch(rows: readonly Row[]): Iterable<Buffer>; end(): Iterable<Buffer> };

function binaryFormat(table: TablePlan, vectors: boolean): Format {
  const encode = rowEncoder(table.columns, vectors);
  const out = new CopyWriter();
  out.header();
  return {
    batch(rows) {
      for (const row of rows) encode(out, row);
      return out.takeFull();
    },
    end() {
      out.trailer();
      return out.takeAll();
    },
  };
}

function textFormat(table: TablePlan): Format {
  const encode = textRowEncoder(table.columns);
  return {
    *batch(rows) {
      let lines = "";
      for (const row of rows) {
        lines += encode(row);
        if (lines.length < textBuffer) continue;
        yield Buffer.from(lines, "utf8");
        lines = "";
      }
      if (lines !== "") yield Buffer.from(lines, "utf8");
    },
    end: () => [],
  };
}

const textBuffer = 256 << 10;
