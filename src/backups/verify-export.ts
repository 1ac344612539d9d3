/** An export of rowhaul's is verified against its own manifest: each file's rows, bytes and digest. */
import { RowhaulError } from "../core/messages/errors.ts";
import { readLines, readManifest } from "../exports/export-folder.ts";
import { compareRows } from "./compare-rows.ts";
import { bad, type Verdict, type VerifyContext } from "./verdict.ts";

export async function verifyExport(folder: string, context: VerifyContext): Promise<Verdict> {
  try {
    const manifest = readManifest(folder);
    for (const table of manifest.tables) await readLines(folder, table, () => {}, context.signal);
    const own = manifest.tables.filter((table) => table.of === undefined);
    const rows = new Map(own.map(({ table, rows }) => [table, rows]));
    return compareRows(rows, context.source?.rows ?? null, "every file as its manifest says");
  } catch (thrown) {
    if (thrown instanceof RowhaulError && (thrown.code === "EXPORT_INVALID" || thrown.code === "SOURCE_TRUNCATED"))
      return bad(thrown.message);
    throw thrown;
  }
}
