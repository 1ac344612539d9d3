/** A store, or what a pipeline or a selection makes of it, as files. */
import { RowhaulError } from "../../core/messages/errors.ts";
import { type JsonSettings, plainTable, type Settings, type TableSettings } from "../../core/settings.ts";
import type { ExportSummary } from "../../phases/export.ts";
import { exportSettings } from "../export-data.ts";
import { copySettings } from "../file/copy-settings.ts";
import { withAcceptAll } from "../file/digest.ts";
import { pathAt } from "../file/path-at.ts";
import type { WatchOptions } from "./options.ts";

export type ExportDataOptions = WatchOptions & {
  /** Compresses each table's file. */
  readonly gzip?: boolean;
  /** Replaces an export that is there. */
  readonly overwrite?: boolean;
  /** Takes rows along whose parents are not selected. */
  readonly acceptAll?: boolean;
  /** Only these tables; names or patterns with `*`. */
  readonly tables?: readonly string[];
  /** Conditions by table, in the source's SQL. Tables without one stay whole. */
  readonly where?: Readonly<Record<string, string>>;
  /** Only the rows of this table that meet the condition, with all that hangs from them and, by default, their parents. */
  readonly root?: { readonly table: string; readonly where: string; readonly parents?: boolean };
  /** Of a PostgreSQL URL; default: what it names, or public. */
  readonly schema?: string;
  /** Of a JSON file: fields that are missing in some rows and null in others. */
  readonly missing?: JsonSettings["missing"];
};

/**
 * Writes a store, or what a pipeline selects and reshapes of it, as NDJSON files with a manifest. `source`: settings, a
 * pipeline file (`.yaml`, `.yml`), or a store: a SQLite or JSON file, an export's folder or a PostgreSQL URL.
 * Throws USAGE, SELECTION_INCOMPLETE, EXPORT_EXISTS, LOCAL_DISK, SOURCE_*.
 */
export async function exportData(
  source: string | Settings,
  folder: string,
  options: ExportDataOptions = {},
): Promise<ExportSummary> {
  const destination = pathAt(folder);
  const settings = selected(await settingsFor(source, options), options);
  return exportSettings(options.acceptAll === true ? withAcceptAll(settings) : settings, destination, options);
}

async function settingsFor(source: string | Settings, { schema, missing }: ExportDataOptions): Promise<Settings> {
  if (typeof source === "string" && !/\.ya?ml$/i.test(source))
    return copySettings(source, "embedded", {
      verb: "export",
      ...(schema === undefined ? {} : { sourceSchema: schema }),
      ...(missing === undefined ? {} : { missing }),
    });
  if (schema !== undefined || missing !== undefined)
    throw new RowhaulError("USAGE", "`schema` and `missing` are for a store; a pipeline says them itself.", {
      hint: "Leave them out, or change the pipeline's source.",
    });
  if (typeof source !== "string") return source;
  // For a store, the reader of YAML is not loaded.
  return (await import("../file/read-pipeline.ts")).readPipeline(source);
}

function selected(given: Settings, { tables, where, root }: ExportDataOptions): Settings {
  const include = tables ?? given.include;
  return {
    ...given,
    root: root === undefined ? given.root : { ...root, parents: root.parents ?? true },
    include,
    tables: withConditions(given.tables, where ?? {}, include),
  };
}

/** A condition on one table leaves the others whole, unless `include` names those that are wanted. */
function withConditions(
  tables: Settings["tables"],
  conditions: Readonly<Record<string, string>>,
  include: Settings["include"],
): Settings["tables"] {
  const wanted = Object.entries(conditions);
  if (wanted.length === 0) return tables;
  const added: Record<string, TableSettings> = { ...(tables ?? (include === null ? { "*": plainTable } : {})) };
  for (const [table, where] of wanted) added[table] = { ...(added[table] ?? plainTable), where };
  return added;
}
