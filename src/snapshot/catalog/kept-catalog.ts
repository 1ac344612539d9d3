/**
 * The catalog of a snapshot that rowhaul wrote itself, in a file beside it: of a source that is no SQLite file, and of
 * transformed rows. It is never kept inside the data's file: what stands in a table of somebody's database is data,
 * whatever the table is called.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { z } from "zod";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { newerState } from "../../core/messages/newer-state.ts";
import { type Catalog, catalogPath } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { onDisk } from "../../system/disk-error.ts";
import { writeDurably } from "../../system/durable-file.ts";
import { sha256OfFile } from "../../system/file-digest.ts";
import { catalogSchema } from "./catalog-schema.ts";
import { readCatalog } from "./read-file-catalog.ts";

const version = 1;

const kept = z.strictObject({
  version: z.literal(version),
  /** The run's folder, and the SHA-256 of the file that it belongs to. */
  run: z.string(),
  snapshot: z.string(),
  catalog: catalogSchema,
});

type Kept = { readonly run: string; readonly snapshot: string; readonly catalog: Catalog };

/** To be called when the snapshot is complete; returns its SHA-256. Throws LOCAL_DISK. */
export async function keepCatalog(snapshot: string, catalog: Catalog): Promise<string> {
  const sha256 = await sha256OfFile(snapshot);
  const value = { version, run: runOf(snapshot), snapshot: sha256, catalog };
  const path = catalogPath(snapshot);
  onDisk(path, () => writeDurably(path, `${JSON.stringify(value)}\n`));
  return sha256;
}

/** The catalog of a snapshot that has one beside it, and of any other the schema of the file itself. */
export function snapshotCatalog(db: Sqlite, snapshot: string): Catalog {
  return readKept(snapshot)?.catalog ?? readCatalog(db);
}

/** Of a snapshot that must have one. Throws SNAPSHOT_LOST where there is none, as in runs of earlier versions. */
export function keptCatalog(snapshot: string): Catalog {
  const found = readKept(snapshot);
  if (found === null)
    throw new RowhaulError(
      "SNAPSHOT_LOST",
      `${snapshot} has no ${basename(catalogPath(snapshot))} beside it: it was lost, or an older rowhaul took the snapshot, which kept its catalog where this one believes nothing.`,
    );
  return found.catalog;
}

/** Whether it is the file that was taken, and what is kept beside it belongs to it. */
export async function isSnapshot({
  path,
  sha256,
}: {
  readonly path: string;
  readonly sha256: string;
}): Promise<boolean> {
  try {
    if ((await sha256OfFile(path)) !== sha256) return false;
  } catch {
    return false;
  }
  const beside = readKept(path);
  return beside === null || beside.snapshot === sha256;
}

/** Null when there is none. Throws RUN_FILE_DAMAGED, STATE_NEWER, LOCAL_DISK. */
function readKept(snapshot: string): Kept | null {
  const path = catalogPath(snapshot);
  const damaged = (why: string, cause?: unknown): RowhaulError =>
    new RowhaulError("RUN_FILE_DAMAGED", `${path} is damaged: ${why}.`, {
      cause,
      hint: "Put the file back from a copy. Without one, start over: `rowhaul run <pipeline> --fresh`.",
    });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    if (code === "ENOENT") return null;
    if (thrown instanceof SyntaxError) throw damaged(messageOf(thrown), thrown);
    throw new RowhaulError("LOCAL_DISK", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
  const found = (value as { version?: unknown } | null)?.version;
  if (typeof found === "number" && found > version) throw newerState(path, found, version);
  const checked = kept.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw damaged(`${(issue?.path ?? []).map(String).join(".")}: ${issue?.message ?? "it is of another shape"}`);
  }
  const result = value as Kept;
  if (result.run !== runOf(snapshot)) throw damaged(`it belongs to the run ${result.run}`);
  return result;
}

/** Each run has a folder of its own, named after it. */
function runOf(snapshot: string): string {
  return basename(dirname(snapshot));
}
