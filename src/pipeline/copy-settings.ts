/** Settings of a run without a pipeline file: one store, as a whole, from one place to another. */
import { basename } from "node:path";
import { RowhaulError } from "../core/messages/errors.ts";
import type { JsonSettings, Settings, SourceSettings } from "../core/settings.ts";
import { defaultSearch } from "./defaults.ts";
import { digestOf } from "./digest.ts";
import { noEnvironment } from "./environment-of.ts";
import { shownPlace, sourceAt, targetAt } from "./places.ts";

/**
 * Settings for moving one store as a whole, without a pipeline file. `source`: a SQLite or JSON file, an export's folder
 * or a PostgreSQL URL. `target`: a PostgreSQL URL, `embedded`, or a SQLite file. Throws USAGE.
 */
export function copySettings(
  source: string,
  target: string,
  more: {
    readonly schema?: string;
    readonly existing?: Settings["target"]["existing"];
    readonly folder?: string;
    readonly tables?: readonly string[];
    /** Schema of a PostgreSQL source. */
    readonly sourceSchema?: string;
    /** That of a PostgreSQL source where neither `sourceSchema` nor the URL names one; default: public. */
    readonly usualSchema?: string;
    /** Of a JSON file: fields that are missing in some rows and null in others. */
    readonly missing?: JsonSettings["missing"];
    /** Begins the run's name. */
    readonly verb?: string;
  } = {},
): Settings {
  const { sourceSchema, usualSchema, missing } = more;
  const from = sourceAt(source, {
    ...(sourceSchema === undefined ? {} : { schema: sourceSchema }),
    ...(usualSchema === undefined ? {} : { usualSchema }),
    ...(missing === undefined ? {} : { missing }),
  });
  const to = targetAt(target, more);
  if (to === null)
    throw new RowhaulError("USAGE", "The target is neither a URL, nor `embedded`, nor a SQLite file (.db, .sqlite).");
  const settings: Omit<Settings, "digest"> = {
    name: `${more.verb ?? "copy"}-${stemOf(from)}`.slice(0, 60),
    folder: more.folder ?? process.cwd(),
    source: from,
    target: to,
    tables: null,
    root: null,
    include: more.tables ?? null,
    exclude: [],
    accept: [],
    acceptAll: false,
    interpret: [],
    validate: { counts: true, schema: true, parity: true, search: true },
    search: defaultSearch,
    cutover: null,
    environment: noEnvironment,
    concurrency: 2,
    integers: "bigint",
    disk: "refuse",
  };
  return { ...settings, digest: digestOf(settings) };
}

/** A file's name without its endings, or the database's. */
function stemOf(source: SourceSettings): string {
  const name = source.kind === "postgres" ? shownPlace(source.url) : source.path;
  const stem = basename(name)
    .replace(/(\.gz)?$/, "")
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "-");
  return stem.replace(/^-+/, "") || "database";
}
