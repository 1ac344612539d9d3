/**
 * Sends batches of rows into one table: by COPY binary, or as text where a column's values are literals of their type.
 */

import { setImmediate as pause } from "node:timers/promises";
import type { ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Row } from "../../../core/values/wire.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { CopyIn } from "./copy-in.ts";
import { rowEncoder } from "./encode.ts";
import { textRowEncoder } from "./encode-text.ts";
import { CopyWriter } from "./writer.ts";

/** Only its type's own input function reads it. */
function isLiteral({ encoding: { kind } }: ColumnPlan): boolean {
  return kind === "literal" || kind === "live";
}

export type CopyHooks = { progress(rows: number): void; signal: AbortSignal };

/** Returns the number of rows that the server counted. */
export async function copyRows(
  client: Client,
  schema: string,
  table: TablePlan,
  batches: Iterable<Row[]>,
  hooks: CopyHooks,
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
  const format = literal ? textFormat(table) : binaryFormat(table, vectors.length > 0);
  let paused = performance.now();
  for (const batch of batches) {
    hooks.signal.throwIfAborted();
    for (const buffer of format.batch(batch)) await copy.write(buffer);
    hooks.progress(batch.length);
    // A fast server never makes us wait; yield anyway, so that timers, signals and other connections get their turn.
    if (performance.now() - paused < longestTurnMs) continue;
    await pause();
    paused = performance.now();
  }
  for (const buffer of format.end()) await copy.write(buffer);
  return copy.end();
}

const longestTurnMs = 20;

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
