/** An export folder as rowhaul writes it, made by hand. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { freshPath } from "./files.ts";

type TableLines = { readonly table: string; readonly columns: readonly string[]; readonly lines: readonly string[] };

export function exportFolder(tables: readonly TableLines[], gzip: boolean, folder = freshPath("export")): string {
  mkdirSync(folder, { recursive: true });
  const entries = tables.map(({ table, columns, lines }) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    const file = `${table}.ndjson${gzip ? ".gz" : ""}`;
    writeFileSync(join(folder, file), gzip ? gzipSync(bytes) : bytes);
    return {
      table,
      file,
      rows: lines.length,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      rowid: null,
      columns: columns.map((name) => ({ name, type: "any" })),
    };
  });
  const manifest = { format: "rowhaul-export", version: 1, createdAt: "2030-01-01T00:00:00.000Z", tables: entries };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}
