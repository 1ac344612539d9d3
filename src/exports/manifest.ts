/**
 * The manifest of an export: what the folder holds, where it came from and the
 * schema it belongs to. Plain JSON, indented, for people to read as well.
 */
import { z } from "zod";
import type { Catalog } from "../core/schema/catalog.ts";
import { catalogSchema } from "../snapshot/catalog/catalog-schema.ts";

export const manifestName = "manifest.json";
export const exportFormat = "rowhaul-export";
export const exportVersion = 1;

/** One NDJSON file. */
export type ExportedTable = {
  readonly table: string;
  /** The virtual table whose rows or index these are; absent for a table of the catalog. */
  readonly of?: string;
  readonly file: string;
  readonly rows: number;
  /** Of the NDJSON before compression; so is `sha256`. */
  readonly bytes: number;
  readonly sha256: string;
  /** The member under which a line gives its hidden rowid; null where the rows are numbered 1, 2, 3 … or have none. */
  readonly rowid: string | null;
  /** `type` is for people; what counts is the catalog. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

/** How a virtual table travels. */
export type ExportedVirtual =
  /** Made again from its SQL; its texts are in a file of its own or in the table it indexes. */
  | { readonly table: string; readonly how: "rebuilt" }
  /** The tables of its index travel as they are. */
  | {
      readonly table: string;
      readonly how: "stored";
      readonly shadows: readonly { readonly table: string; readonly sql: string }[];
    };

export type Manifest = {
  readonly format: typeof exportFormat;
  readonly version: typeof exportVersion;
  readonly createdAt: string;
  /** The source, without credentials. */
  readonly source: string;
  /** What was selected, in words; null: everything. */
  readonly selection: string | null;
  readonly tables: readonly ExportedTable[];
  readonly virtualTables: readonly ExportedVirtual[];
  /** What the source has and the export has not. */
  readonly lost: readonly { readonly object: string; readonly reason: string }[];
  readonly catalog: Catalog;
};

/** Nothing but a name in the folder itself, so that no manifest can point outside. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.ndjson(\.gz)?$/, "not the name of a file in this folder");
const count = z.number().int().nonnegative();

export const manifestSchema = z.strictObject({
  format: z.literal(exportFormat),
  version: z.literal(exportVersion),
  createdAt: z.string(),
  source: z.string(),
  selection: z.string().nullable(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      of: z.string().optional(),
      file: fileName,
      rows: count,
      bytes: count,
      sha256: z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256"),
      rowid: z.string().nullable(),
      columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    }),
  ),
  virtualTables: z.array(
    z.discriminatedUnion("how", [
      z.strictObject({ table: z.string(), how: z.literal("rebuilt") }),
      z.strictObject({
        table: z.string(),
        how: z.literal("stored"),
        shadows: z.array(
          z.strictObject({ table: z.string(), sql: z.string().regex(/^CREATE TABLE\b/i, "not a table") }),
        ),
      }),
    ]),
  ),
  lost: z.array(z.strictObject({ object: z.string(), reason: z.string() })),
  catalog: catalogSchema,
});

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
