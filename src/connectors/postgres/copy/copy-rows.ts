/** Sends batches of rows into one table by COPY binary. */
import { finished } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import type { TablePlan } from "../../../core/plan.ts";
import type { Row } from "../../../core/wire.ts";
import { qualified, quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { rowEncoder } from "./encode.ts";
import { CopyWriter } from "./writer.ts";

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
  const stream = client.query(
    copyFrom(`COPY ${qualified(schema, table.target)} (${sent.join(", ")}) FROM STDIN (FORMAT binary)`),
  );
  const done = finished(stream);
  // Whoever stops first, the error is met below; here it must only not be unhandled.
  done.catch(() => {});
  const encode = rowEncoder(table.columns, vectors.length > 0);
  const out = new CopyWriter();
  out.header();
  for (const batch of batches) {
    hooks.signal.throwIfAborted();
    for (const row of batch) encode(out, row);
    for (const buffer of out.takeFull()) {
      if (!stream.write(buffer)) await Promise.race([drained(stream), done]);
    }
    hooks.progress(batch.length);
  }
  out.trailer();
  for (const buffer of out.takeAll()) stream.write(buffer);
  stream.end();
  await done;
  return stream.rowCount;
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once("drain", resolve));
}
