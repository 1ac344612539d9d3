/** Reads a JSON file once, row by row, into a snapshot, and has it proved. */

import { statSync } from "node:fs";
import { type Finding, maxFindings, type ValidatorResult } from "../../core/finding.ts";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { SnapshotInfo } from "../../core/ports.ts";
import { foldName } from "../../core/schema/names.ts";
import { rowsReader } from "../../json/rows.ts";
import type { ProveStoredRows, StoredRows } from "../../json/stored-rows.ts";
import { JsonTextError } from "../../json/text-error.ts";
import { type SnapshotWriter, writeSnapshot } from "../../snapshot/write/writer.ts";
import { doubleFunction, doubleText, quoteFunction } from "./column.ts";
import { type FinishedTable, finishTable } from "./finish-table.ts";
import { keyCandidate } from "./key.ts";
import { settleMissing } from "./missing.ts";
import { firstBytes, isGzip, readFile } from "./read-file.ts";
import type { JsonSourceSettings } from "./settings.ts";
import { type JsonTable, jsonTable } from "./table.ts";
import { tableName } from "./table-name.ts";

/** Throws SOURCE_*, MISSING_AND_NULL, LOCAL_DISK. */
export async function takeSnapshot(
  path: string,
  settings: JsonSourceSettings,
  destination: string,
  prove: ProveStoredRows | null,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<SnapshotInfo> {
  const takenAt = new Date().toISOString();
  if (firstBytes(path, 1).length === 0) throw new RowhaulError("SOURCE_EMPTY", `${path} is empty.`);
  const writer = writeSnapshot(destination);
  return cleaningUp(async () => {
    defineFunctions(writer);
    const read = await readTables(path, settings, writer, progress, signal);
    const filled = read.tables.filter((table) => table.rows() > 0);
    if (filled.length === 0) throw new RowhaulError("SOURCE_EMPTY", `${path} holds no rows.`);
    const notes = read.notes.concat(
      read.tables
        .filter((table) => table.rows() === 0)
        .map((table) => note(table.name, "The array is empty: there is nothing to make a table of.")),
    );
    const missing = settleMissing(path, writer, filled, settings.missing);
    const finished = filled.map((table) => finishTable(path, writer, table, missing, settings.key));
    for (const one of finished) notes.push(...one.notes.map((text) => note(one.table.name, text)));
    checkKeysKnown(path, settings, finished);
    const { sha256, bytes } = await writer.finish({
      encoding: "UTF-8",
      userVersion: 0,
      applicationId: 0,
      tables: finished.map((one) => one.table),
      views: [],
      triggers: [],
      virtualTables: [],
      internal: [],
    });
    const info = { path: destination, sha256, fingerprint: read.sha256, takenAt, bytes };
    if (prove === null) return info;
    const stored: StoredRows = {
      path,
      snapshot: destination,
      sha256: read.sha256,
      gzip: isGzip(path),
      format: read.format,
      duplicates: settings.duplicateKeys === "first" ? "first" : "last",
      tables: finished.map((one) => one.stored),
    };
    return { ...info, proof: withNotes(await prove(stored, signal), notes) };
  }, writer.abandon);
}

async function readTables(
  path: string,
  settings: JsonSourceSettings,
  writer: SnapshotWriter,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
) {
  const tables: JsonTable[] = [];
  const notes: Finding[] = [];
  const repeated = new Map<string, number>();
  let current: JsonTable | null = null;
  const reader = rowsReader(
    {
      table(key) {
        const name = tableName(path, key, settings.table, tables);
        current = jsonTable(writer, name, key, {
          keepMissing: settings.missing === "keep",
          keyOf: (fields) => keyCandidate(name, settings.key, fields),
        });
        tables.push(current);
      },
      row(record) {
        if (current === null) return;
        if (record.repeated > 0) repeated.set(current.name, (repeated.get(current.name) ?? 0) + record.repeated);
        current.add(record);
      },
    },
    { format: settings.format ?? "auto", duplicates: settings.duplicateKeys },
  );
  const { size } = statSync(path);
  try {
    const sha256 = await readFile(
      path,
      (chunk) => reader.push(chunk),
      (done) => progress(Math.min(done, size), size),
      signal,
    );
    reader.end();
    for (const [table, count] of repeated)
      notes.push(
        note(
          table,
          `${count} keys that stood twice in their object were passed over (${settings.duplicateKeys} counts).`,
        ),
      );
    if (reader.hadMark()) notes.push(note("", "The file begins with a byte order mark, which is passed over."));
    return { tables, notes, sha256, format: reader.format() ?? ("lines" as const) };
  } catch (thrown) {
    throw thrown instanceof JsonTextError ? textError(path, thrown) : thrown;
  }
}

function textError(path: string, thrown: JsonTextError): RowhaulError {
  const { line, offset } = thrown.place;
  const where = `line ${line}, byte ${offset}`;
  if (thrown.truncated)
    return new RowhaulError("SOURCE_TRUNCATED", `${path} ends in the middle of its JSON, at ${where}.`, {
      cause: thrown,
    });
  return new RowhaulError("SOURCE_JSON", `${path} cannot be read at ${where}: ${thrown.reason}.`, {
    cause: thrown,
    ...(thrown.duplicate ? { hint: "Set `duplicateKeys: first` or `duplicateKeys: last` for the source." } : {}),
  });
}

function checkKeysKnown(path: string, settings: JsonSourceSettings, finished: readonly FinishedTable[]): void {
  for (const table of Object.keys(settings.key)) {
    if (finished.some((one) => foldName(one.table.name) === foldName(table))) continue;
    throw new RowhaulError("SOURCE_JSON", `A key is declared for ${table}, and ${path} has no such table.`, {
      hint: `Its tables are: ${finished.map((one) => one.table.name).join(", ")}.`,
    });
  }
}

function defineFunctions(writer: SnapshotWriter): void {
  writer.db.function(quoteFunction, { deterministic: true }, (text: unknown) => JSON.stringify(text));
  writer.db.function(doubleFunction, { deterministic: true }, (text: unknown) => doubleText(String(text)));
}

function withNotes(result: ValidatorResult, notes: readonly Finding[]): ValidatorResult {
  return { ...result, findings: [...result.findings, ...notes].slice(0, maxFindings) };
}

function note(table: string, message: string): Finding {
  return { validator: "snapshot", level: "note", table, key: null, column: null, source: null, target: null, message };
}
