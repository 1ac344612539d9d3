/** A checked pipeline file → settings: defaults filled in, paths made absolute. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { QueryFile, SearchCheck } from "../core/full-text.ts";
import type {
  Acceptance,
  CutoverStep,
  SearchSettings,
  Settings,
  TableSettings,
  TargetSettings,
} from "../core/settings.ts";
import type { PipelineFile } from "./schema.ts";

export function settingsOf(file: PipelineFile, folder: string): Settings {
  const settings = {
    name: file.name,
    folder,
    source: resolve(folder, file.source.path),
    target: targetOf(file.target),
    tables: file.tables === undefined ? null : mapValues(file.tables, tableOf),
    include: file.include ?? null,
    exclude: file.exclude,
    accept: file.accept.map(acceptanceOf),
    acceptAll: false,
    validate: {
      counts: file.validate.counts,
      schema: file.validate.schema,
      parity: file.validate.parity === "full",
      search: file.validate.search !== "off",
    },
    search: { ...file.search, check: searchCheckOf(file, folder) },
    cutover: file.cutover?.map((step) => stepOf(step, folder)) ?? null,
    concurrency: file.concurrency,
    integers: file.integers,
    disk: file.preflight.disk,
  };
  return { ...settings, digest: digestOf(settings) };
}

/** What decides about the data; a changed cutover or concurrency does not unmake a snapshot and its load. */
export function digestOf(settings: Omit<Settings, "digest">): string {
  const { source, tables, include, exclude, accept, acceptAll, integers } = settings;
  const { mode, schema: searchSchema, config, postings, like } = settings.search;
  const { schema, collation, existing } = settings.target;
  return createHash("sha256")
    .update(
      JSON.stringify({
        source,
        tables,
        include,
        exclude,
        accept,
        acceptAll,
        integers,
        schema,
        collation,
        existing,
        search: { mode, schema: searchSchema, config, postings, like },
      }),
    )
    .digest("hex");
}

export function withAcceptAll(settings: Settings): Settings {
  const changed = { ...settings, acceptAll: true };
  return { ...changed, digest: digestOf(changed) };
}

function targetOf(target: PipelineFile["target"]): TargetSettings {
  return {
    kind: target.kind,
    url: target.kind === "postgres" ? target.url : null,
    schema: target.schema,
    existing: target.existing,
    state: target.state,
    owner: target.owner ?? null,
    grants: target.grants,
    rowSecurity: target.rowSecurity ?? null,
    collation: target.collation,
  };
}

/** For a run without a pipeline file. */
export const defaultSearch: SearchSettings = {
  mode: "exact",
  schema: "fts5",
  config: "english",
  like: [],
  postings: false,
  check: { queries: 100, seed: 1, files: [], thresholds: { sets: 1, order10: 1, order50: null } },
};

/** Thresholds not set: everything must agree in exact mode, nothing is judged in native mode. */
function searchCheckOf(file: PipelineFile, folder: string): SearchCheck {
  const check = file.validate.search === "off" ? null : file.validate.search;
  const strict = file.search.mode === "exact" ? 1 : null;
  const given = check?.queries ?? [];
  return {
    queries: check?.sample ?? 0,
    seed: check?.seed ?? 1,
    files: (typeof given === "string" ? [given] : given).map((entry) => queryFileOf(entry, folder)),
    thresholds: {
      sets: check?.sets === undefined ? strict : check.sets,
      order10: check?.order10 === undefined ? strict : check.order10,
      order50: check?.order50 ?? null,
    },
  };
}

function queryFileOf(entry: QueryFileEntry, folder: string): QueryFile {
  if (typeof entry === "string") return { kind: "lines", path: resolve(folder, entry) };
  const table = entry.table === undefined ? {} : { table: entry.table };
  if ("lines" in entry) return { kind: "lines", path: resolve(folder, entry.lines), ...table };
  if ("csv" in entry) return { kind: "csv", path: resolve(folder, entry.csv), column: entry.column, ...table };
  return { kind: "log", path: resolve(folder, entry.log), pattern: entry.pattern, ...table };
}

type SearchCheckEntry = Exclude<PipelineFile["validate"]["search"], "off">;
type QueryFileEntry = Exclude<NonNullable<SearchCheckEntry["queries"]>, string>[number];

function tableOf(table: NonNullable<PipelineFile["tables"]>[string]): TableSettings {
  return {
    as: table.as ?? null,
    where: table.where ?? null,
    rename: table.rename ?? {},
    drop: table.drop ?? [],
    columns: mapValues(table.columns ?? {}, (column) => ({ type: column.type ?? null, epoch: column.epoch ?? null })),
  };
}

function acceptanceOf(entry: PipelineFile["accept"][number]): Acceptance {
  return {
    code: entry.code,
    at: entry.column ?? entry.table ?? entry.object ?? null,
    policy: entry.policy ?? null,
    why: entry.why ?? null,
  };
}

function stepOf(step: NonNullable<PipelineFile["cutover"]>[number], folder: string): CutoverStep {
  return "file" in step
    ? { kind: "file", path: resolve(folder, step.file), set: step.set }
    : { kind: "check", command: step.check, folder: resolve(folder, step.in ?? "."), timeoutSeconds: step.timeout };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
