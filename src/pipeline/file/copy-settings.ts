/** Settings of a run without a pipeline file: those of the file that would say the same, with its defaults. */
import { basename } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Existing, JsonSettings, Settings } from "../../core/settings.ts";
import { parseTarget } from "../../postgres/url.ts";
import { type NamedSource, shownPlace, sourceAt, targetAt } from "./places.ts";
import { pipelineSchema } from "./schema.ts";
import { settingsOf } from "./settings.ts";

export type CopySettingsOptions = {
  /** Schema of a PostgreSQL target. */
  readonly schema?: string;
  /** What becomes of tables that are there; default: refuse. */
  readonly existing?: Existing;
  /** Where the runs are kept, in `.rowhaul/`; default: the working directory. */
  readonly folder?: string;
  /** Only these; names or patterns with `*`. */
  readonly tables?: readonly string[];
  /** Schema of a PostgreSQL source. */
  readonly sourceSchema?: string;
  /** That of a PostgreSQL source where neither `sourceSchema` nor the URL names one; default: public. */
  readonly usualSchema?: string;
  /** Of a JSON file: fields that are missing in some rows and null in others. */
  readonly missing?: JsonSettings["missing"];
  /** Begins the run's name: runs of `copy` and of `import` are told apart by it. Default: copy. */
  readonly verb?: string;
};

/**
 * Settings for moving one store as a whole, without a pipeline file. `source`: a SQLite or JSON file, an export's folder
 * or a PostgreSQL URL. `target`: a PostgreSQL URL, `embedded`, or a SQLite file. Throws USAGE.
 */
export function copySettings(source: string, target: string, more: CopySettingsOptions = {}): Settings {
  const { sourceSchema, usualSchema, missing } = more;
  const from = sourceAt(source, {
    ...(sourceSchema === undefined ? {} : { schema: sourceSchema }),
    ...(usualSchema === undefined ? {} : { usualSchema }),
    ...(missing === undefined ? {} : { missing }),
  });
  const to = targetAt(target, more);
  if (to === null)
    throw new RowhaulError("USAGE", "The target is neither a URL, nor `embedded`, nor a SQLite file (.db, .sqlite).");
  if (to.kind === "postgres") parseTarget(to.url);
  const name = `${more.verb ?? "copy"}-${stemOf(from)}`.slice(0, 60);
  const include = more.tables === undefined ? {} : { include: more.tables };
  return settingsOf(pipelineSchema.parse({ name, source: from, target: to, ...include }), more.folder ?? process.cwd());
}

/** A file's name without its endings, or the database's. */
function stemOf(source: NamedSource): string {
  const name = source.kind === "postgres" ? shownPlace(source.url) : source.path;
  const stem = basename(name)
    .replace(/(\.gz)?$/, "")
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "-");
  return stem.replace(/^-+/, "") || "database";
}
