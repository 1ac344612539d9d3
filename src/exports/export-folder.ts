/** rowhaul's export folder, as far as backups and seeds need it: the manifest, and each table's lines. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { gather } from "./gather.ts";
import { longestLine, tooLong } from "./line-limit.ts";

const manifestSchema = z.object({
  format: z.literal("rowhaul-export"),
  version: z.literal(1),
  createdAt: z.string(),
  tables: z.array(
    z.object({
      table: z.string(),
      /** The virtual table whose rows or index these are. */
      of: z.string().optional(),
      // A file of the folder itself: a manifest must not be able to point elsewhere.
      file: z.string().refine((file) => file !== "" && file !== ".." && basename(file) === file, "leaves the folder"),
      rows: z.number().int().min(0),
      bytes: z.number().int().min(0),
      sha256: z.string(),
      columns: z.array(z.object({ name: z.string() })),
    }),
  ),
});

/** Of the catalog, only what a seed must know. */
const generatedSchema = z.object({
  catalog: z.object({
    tables: z.array(
      z.object({ name: z.string(), columns: z.array(z.object({ name: z.string(), generated: z.unknown() })) }),
    ),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ExportTable = Manifest["tables"][number];

export function isExport(folder: string): boolean {
  return existsSync(join(folder, "manifest.json"));
}

/** `columns` are those that can be inserted. Throws EXPORT_INVALID. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, "manifest.json");
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw invalid(`${path} cannot be read: ${messageOf(thrown)}.`, thrown);
  }
  const parsed = manifestSchema.safeParse(data);
  if (parsed.success) return withoutGenerated(parsed.data, data);
  const [issue] = parsed.error.issues;
  throw invalid(`${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}.`);
}

/** Columns that a database computes by itself are exported, and cannot be inserted. */
function withoutGenerated(manifest: Manifest, data: unknown): Manifest {
  const catalog = generatedSchema.safeParse(data).data?.catalog;
  const tables = manifest.tables.map((table) => {
    const known = catalog?.tables.find(({ name }) => name === table.table)?.columns ?? [];
    const computed = known.filter(({ generated }) => generated !== null && generated !== undefined);
    return { ...table, columns: table.columns.filter(({ name }) => !computed.some((one) => one.name === name)) };
  });
  return { ...manifest, tables };
}

/**
 * Reads a table's file whole and hands on its lines; afterwards rows, bytes and digest must be the
 * manifest's. Throws EXPORT_INVALID or SOURCE_TRUNCATED, after some lines may have been handed on.
 */
export async function readLines(
  folder: string,
  table: ExportTable,
  onLines: (lines: readonly string[]) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const path = join(folder, table.file);
  const hash = createHash("sha256");
  let bytes = 0;
  let rows = 0;
  const rest = gather(Math.min(longestLine, table.bytes));
  const lines = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      const end = chunk.lastIndexOf(10);
      if (bytes > table.bytes)
        return void done(invalid(`${path} is longer than the ${table.bytes} bytes of the manifest.`));
      const before = end === -1 ? chunk.length : end;
      if (rest.length + before > longestLine) return void done(tooLong(path, rows + 1));
      rest.add(chunk.subarray(0, before));
      if (end === -1) {
        done();
        return;
      }
      const whole = rest.take().toString("utf8").split("\n");
      rest.add(chunk.subarray(end + 1));
      rows += whole.length;
      Promise.resolve(onLines(whole)).then(
        () => done(),
        (thrown: Error) => done(thrown),
      );
    },
  });
  const steps = [createReadStream(path), ...(path.endsWith(".gz") ? [createGunzip()] : []), lines.resume()];
  try {
    await (signal === undefined ? pipeline(steps) : pipeline(steps, { signal }));
  } catch (thrown) {
    signal?.throwIfAborted();
    const code = (thrown as { code?: string }).code ?? "";
    if (code === "Z_BUF_ERROR") throw truncated(path, thrown);
    if (/^(Z_|ENOENT|EACCES|EISDIR|EIO)/.test(code))
      throw invalid(`${path} cannot be read: ${messageOf(thrown)}.`, thrown);
    throw thrown;
  }
  if (rest.length > 0) throw truncated(path);
  if (rows !== table.rows || bytes !== table.bytes)
    throw invalid(`${path} has ${rows} rows in ${bytes} bytes; the manifest says ${table.rows} in ${table.bytes}.`);
  if (hash.digest("hex") !== table.sha256) throw invalid(`${path} was changed: its SHA-256 is not the manifest's.`);
}

function invalid(message: string, cause?: unknown): RowhaulError {
  return new RowhaulError("EXPORT_INVALID", message, { cause });
}

function truncated(path: string, cause?: unknown): RowhaulError {
  return new RowhaulError("SOURCE_TRUNCATED", `${path} ends in the middle of a row.`, { cause });
}
