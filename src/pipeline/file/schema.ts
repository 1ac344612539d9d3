/** The pipeline file's schema: the one place that says what may stand in it. docs/pipeline.md and the editors' JSON schema are made from it. */
import { z } from "zod";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { type HazardCode, hazardCodes, hazards } from "../../core/plan/hazards.ts";
import { intoModes } from "../../core/plan/into-mode.ts";
import { liveEpochs, liveIntervals } from "../../core/schema/live-type.ts";
import { columnTypes } from "../../core/settings.ts";
import { localToUtc } from "../../core/values/time-zone.ts";
import { columnTransforms } from "../../transforms/column-settings.ts";
import { transformStep } from "../../transforms/step-settings.ts";
import { environmentsSchema } from "./environment-settings.ts";
import { refuseUrl } from "./path-at.ts";
import { schemaAt } from "./schema-at.ts";

const name = z.string().min(1);

const column = z
  .strictObject({
    type: z
      .enum(columnTypes)
      .optional()
      .describe("PostgreSQL type instead of the one rowhaul would choose; refused if some value does not fit"),
    epoch: z
      .enum(["seconds", "milliseconds", "microseconds"])
      .optional()
      .describe("the column's integers count from 1970-01-01 UTC; type is then timestamp or timestamptz"),
    ...columnTransforms,
  })
  .describe("settings of one column");

const table = z
  .strictObject({
    as: name.optional().describe("name of the table in the target"),
    where: z
      .string()
      .min(1)
      .optional()
      .describe("only rows that meet this condition, in the source's SQL (SQLite's, but for a PostgreSQL source)"),
    belongsTo: name.optional().describe("only rows whose parent in this table is selected"),
    existing: z
      .enum(intoModes)
      .optional()
      .describe("how its rows go into a table that is there, where that is not what `target.existing` says"),
    key: z
      .array(name)
      .min(1)
      .optional()
      .describe(
        "with `merge` and `skip`: the columns by which its rows are matched with those that are there, instead of the primary key; ids that differ are mapped in every column that points to them",
      ),
    references: z
      .record(name, name)
      .optional()
      .describe("columns that hold another table's ids although no foreign key says so: column to table"),
    rename: z.record(name, name).optional().describe("columns to rename: old name to new name"),
    drop: z.array(name).optional().describe("columns to leave out"),
    columns: z.record(name, column).optional().describe("settings by column, by its name in the source"),
    transform: z
      .union([transformStep, z.array(transformStep)])
      .optional()
      .describe("what the table's rows pass through, in order, after what `columns` says (docs/transforms.md)"),
    onError: z
      .enum(["fail", "quarantine"])
      .default("fail")
      .describe("when a transform cannot take a row: stop, or move the row to quarantine"),
  })
  .describe("settings of one table");

/** What a URL says beside its address: an unknown parameter, or another schema than the file's, is a mistake of the file. */
function checkUrl(
  { url, schema }: { readonly url: string; readonly schema?: string | undefined },
  context: z.RefinementCtx,
): void {
  try {
    schemaAt(url, schema, "the file says");
  } catch (thrown) {
    context.addIssue({ code: "custom", path: ["url"], message: textOf(thrown) });
  }
}

/** A URL for a path, too: it is repeated nowhere, as it may hold a password. */
function checkPath(path: string, context: z.RefinementCtx): void {
  try {
    refuseUrl(path);
  } catch (thrown) {
    context.addIssue({ code: "custom", message: textOf(thrown) });
  }
}

/** With what to do about it: the file's mistakes have no room for a hint. */
function textOf(thrown: unknown): string {
  const hint = thrown instanceof RowhaulError ? thrown.hint : undefined;
  return [messageOf(thrown), ...(hint === undefined ? [] : [hint])].join(" ");
}

const path = name.superRefine(checkPath);

const common = {
  schema: name
    .refine((text) => !text.startsWith("pg_"), "names that begin with pg_ belong to PostgreSQL")
    .optional()
    .describe("schema that receives the tables (default: the one that the URL names by `?schema=`, else `public`)"),
  existing: z
    .enum(["refuse", "keep-aside", ...intoModes])
    .default("refuse")
    .describe(
      "when objects of the same names are there: `refuse`; `keep-aside` moves them to a schema of their own until `rowhaul clean`; `append`, `merge`, `skip` and `replace` write into them: add rows, put the new rows in place of those with the same key, leave those with the same key as they are, or put the new rows in place of all that are there",
    ),
  state: name.default("rowhaul").describe("schema for rowhaul's own tables"),
  owner: name.optional().describe("role that owns the new tables (default: whoever runs rowhaul)"),
  grants: z
    .array(
      z.strictObject({
        privileges: z
          .array(z.enum(["select", "insert", "update", "delete", "truncate", "references", "trigger", "all"]))
          .min(1),
        to: name,
      }),
    )
    .default([])
    .describe("privileges granted on the new tables and views"),
  rowSecurity: z
    .enum(["enable", "none"])
    .optional()
    .describe(
      "row-level security of the new tables; must be said when API roles (PostgREST, Supabase) can see the schema",
    ),
  collation: z
    .enum(["binary", "database"])
    .default("binary")
    .describe("how text sorts: `binary` as in SQLite, `database` as the database's default collation"),
};

const target = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("postgres"),
        url: z.string().min(1).describe("postgres://user:password@host:port/database; take it from a variable"),
        ...common,
      })
      .superRefine(checkUrl),
    z.strictObject({ kind: z.literal("embedded"), ...common }),
    z.strictObject({
      kind: z.literal("sqlite"),
      path: path.describe("the SQLite file, relative to this file: made, or with `existing` filled"),
      existing: common.existing,
    }),
  ])
  .describe("where to: a PostgreSQL server, one that rowhaul brings along, or a SQLite file");

const source = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("sqlite"), path: path.describe("the SQLite file, relative to this file") }),
    z.strictObject({
      kind: z.literal("json"),
      path: path.describe("NDJSON, an array of objects, or an object of arrays; plain or gzip"),
      table: name.optional().describe("name of the table of NDJSON or an array (default: the file's name)"),
      key: z.record(name, z.array(name).min(1)).default({}).describe("key columns by table"),
      duplicateKeys: z
        .enum(["refuse", "first", "last"])
        .default("refuse")
        .describe("when an object has the same key twice"),
      missing: z
        .enum(["refuse", "null", "keep"])
        // Without quotes YAML reads null as no value.
        .nullable()
        .default("refuse")
        .describe(
          "when some rows have null in a column and others nothing: refuse, take both for NULL, or keep the names of what is missing in a column of its own",
        ),
    }),
    z.strictObject({ kind: z.literal("export"), path: path.describe("a folder written by `rowhaul export`") }),
    z
      .strictObject({
        kind: z.literal("postgres"),
        url: z.string().min(1).describe("postgres://user:password@host:port/database; take it from a variable"),
        schema: name
          .optional()
          .describe("the schema to read (default: the one that the URL names by `?schema=`, else `public`)"),
      })
      .superRefine(checkUrl),
  ])
  .describe("where from: a SQLite file, a JSON file, an export, or a PostgreSQL server");

const acceptance = z
  .strictObject({
    code: z.enum(hazardCodes as [HazardCode, ...HazardCode[]]),
    column: name.optional().describe("table.column"),
    table: name.optional(),
    object: name.optional().describe("name of an index, view, trigger or virtual table"),
    policy: name.nullable().optional().describe("what to do; the code's default when absent"),
    why: z.string().optional().describe("your reason; kept in the report"),
  })
  .superRefine((entry, context) => {
    const known = hazards[entry.code].policies.map((policy): string => policy.name);
    if (entry.policy !== undefined && !known.includes(entry.policy ?? "null")) {
      context.addIssue({
        code: "custom",
        path: ["policy"],
        message: `"${entry.policy}" is no policy of ${entry.code}; one of: ${known.join(", ")}`,
      });
    }
    if ([entry.column, entry.table, entry.object].filter((place) => place !== undefined).length > 1) {
      context.addIssue({ code: "custom", message: "give one of column, table, object" });
    }
  })
  .describe("a hazard you have seen and accept");

const interpretation = z
  .strictObject({
    column: name.optional().describe("table.column"),
    table: name.optional(),
    type: name.optional().describe("only columns of this type in the target, such as timestamptz"),
    zone: z
      .string()
      .refine((zone) => /^(utc|wall)$/i.test(zone) || localToUtc(zone) !== null, "no time zone that is known")
      .refine(
        (zone) => /^(utc|gmt|wall)$/i.test(zone) || !/^[a-z]{1,5}$/i.test(zone),
        "an abbreviation, which PostgreSQL reads as a fixed offset: name a region, such as Europe/Berlin, or an offset, such as +01:00",
      )
      .optional()
      .describe(
        "for timestamptz, the zone of texts that name none: UTC, Europe/Berlin, +02:00; for timestamp, what becomes of an offset: `utc` converts, `wall` drops it",
      ),
    epoch: z.enum(liveEpochs).optional().describe("unit of numbers since 1970 (`ticks`: .NET's, since the year 1)"),
    interval: z.enum(liveIntervals).optional().describe("unit of numbers that become an interval"),
    uuid: z.enum(["rfc", "dotnet"]).optional().describe("order of the bytes of a BLOB that becomes a uuid"),
    bytes: z
      .enum(["utf8", "hex", "base64"])
      .optional()
      .describe("what stands for bytes: a text for bytea, a BLOB for text"),
    arrays: z.enum(["json"]).optional().describe("JSON arrays become PostgreSQL's arrays"),
  })
  .superRefine(({ column, table, type, ...as }, context) => {
    if (column !== undefined && table !== undefined)
      context.addIssue({ code: "custom", message: "give one of column, table" });
    if (Object.values(as).every((value) => value === undefined))
      context.addIssue({ code: "custom", message: "say how to read: zone, epoch, interval, uuid, bytes or arrays" });
  })
  .describe("how values are to be read that go into the application's own tables and could mean several things");

type Modes = {
  readonly target: z.infer<typeof target>;
  readonly tables?: Readonly<Record<string, z.infer<typeof table>>> | undefined;
};

/** How one table's rows go in can only be said where rows go into tables that are there. */
function checkModes({ target: { kind, existing }, tables }: Modes, context: z.RefinementCtx): void {
  const isInto = intoModes.some((mode) => mode === existing);
  for (const [name, table] of Object.entries(tables ?? {}))
    for (const key of ["existing", "key", "references"] as const) {
      if (table[key] === undefined) continue;
      const refuse = (message: string): void =>
        context.addIssue({ code: "custom", path: ["tables", name, key], message });
      if (kind === "sqlite" && key !== "existing") refuse("only a PostgreSQL target knows it");
      else if (!isInto) refuse(`target.existing must then be one of ${intoModes.join(", ")}`);
      else if (key === "key" && !["merge", "skip"].includes(table.existing ?? existing))
        refuse("rows are matched with `merge` and `skip` only");
    }
}

const fileStep = z.strictObject({
  file: name.describe("a configuration file of the application: JSON, YAML or .env"),
  set: z
    .record(name, z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe("settings to write; a dot goes a level down; ${target.url} and the like are filled in"),
});
const checkStep = z.strictObject({
  check: name.describe("a command that exits 0 when the application is well"),
  in: name.optional().describe("folder to run it in"),
  timeout: z.number().positive().default(60).describe("seconds"),
});

const share = z.number().min(0).max(1);
const queryFile = z.union([
  name,
  z.strictObject({
    lines: name.describe("a file with one query a line"),
    table: name.optional().describe("the full-text table to ask (default: all)"),
  }),
  z.strictObject({
    csv: name.describe("a CSV file with a header"),
    column: name.describe("its column with the queries"),
    table: name.optional(),
  }),
  z.strictObject({
    log: name.describe("a log file"),
    pattern: name.describe("a regular expression; its first group is the query"),
    table: name.optional(),
  }),
]);

const search = z
  .strictObject({
    mode: z
      .enum(["exact", "native", "off"])
      .default("exact")
      .describe(
        "`exact`: FTS5's own hits, order and scores; `native`: PostgreSQL's own full-text search, whose results differ; `off`: full-text tables stay behind and must be accepted as lost",
      ),
    schema: name.default("fts5").describe("schema for the functions of full-text search"),
    config: name.default("english").describe("text search configuration of `native`"),
    like: z.array(name).default([]).describe("columns (`table.column`) whose LIKE and NOCASE results are compared"),
    postings: z
      .union([z.boolean(), z.array(name)])
      .default(false)
      .describe(
        "tables of postings, for all full-text tables or those named: ranked searches for common words then take a half to a third of the time, writes twice as long, and each word of each row about 90 bytes of disk",
      ),
  })
  .refine((search) => search.mode === "exact" || search.postings === false, {
    path: ["postings"],
    message: "only `mode: exact` has postings",
  })
  .prefault({})
  .describe("full-text search in the target");

const searchCheck = z
  .strictObject({
    sample: z.number().int().min(0).max(100_000).default(100).describe("queries made from the data, of each class"),
    seed: z.number().int().default(1).describe("the same seed makes the same queries"),
    queries: z
      .union([name, z.array(queryFile)])
      .optional()
      .describe("your own queries: a file with one a line, a CSV's column, or what a log shows"),
    sets: share
      .nullable()
      .optional()
      .describe("share of queries that must find the same rows; default 1, native: none"),
    order10: share.nullable().optional().describe("share with the same first 10; default 1, native: none"),
    order50: share.nullable().optional().describe("share with the same first 50; default: none"),
  })
  .describe("the search validator");

export const pipelineSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, "letters, digits, dot, dash and underscore, at most 63")
      .describe("names the run in reports and in the target"),
    source,
    target,
    root: z
      .strictObject({
        table: name.describe("the table of the root row"),
        where: z.string().min(1).describe("which row, in the source's SQL"),
        parents: z.boolean().default(true).describe("also the rows that the selected ones point to"),
      })
      .optional()
      .describe("only this row with all that hangs from it over foreign keys"),
    tables: z
      .record(name, table)
      .optional()
      .describe('tables to move, with settings; absent: everything. `"*": {}` adds all others'),
    include: z.array(name).optional().describe("tables to move besides, by name or pattern with *"),
    exclude: z.array(name).default([]).describe("tables to leave out, by name or pattern with *"),
    accept: z.array(acceptance).default([]),
    interpret: z
      .array(interpretation)
      .default([])
      .describe("how values are to be read that go into tables of the application's and could mean several things"),
    integers: z
      .enum(["bigint", "fit"])
      .default("bigint")
      .describe("type of integer columns: bigint, or the smallest that holds every value"),
    validate: z
      .strictObject({
        counts: z.boolean().default(true),
        schema: z.boolean().default(true),
        parity: z.enum(["full", "off"]).default("full"),
        search: z.union([searchCheck, z.literal("off")]).prefault({}),
      })
      .prefault({})
      .describe("validators; all run unless switched off"),
    cutover: z
      .array(z.union([fileStep, checkStep]))
      .optional()
      .describe("files to switch to the new database, and health checks, in order"),
    environments: environmentsSchema.optional(),
    search,
    preflight: z.strictObject({ disk: z.enum(["refuse", "warn"]).default("refuse") }).prefault({}),
    concurrency: z.number().int().min(1).max(16).default(2).describe("units loaded at the same time"),
  })
  .superRefine(checkModes);

export type PipelineFile = z.infer<typeof pipelineSchema>;
