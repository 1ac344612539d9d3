/** A checked pipeline file → settings: defaults filled in, paths made absolute. */
import { resolve } from "node:path";
import type { QueryFile, SearchCheck } from "../../core/schema/full-text.ts";
import type {
  Acceptance,
  CutoverStep,
  InterpretEntry,
  Settings,
  SourceSettings,
  TableSettings,
  TargetSettings,
} from "../../core/settings.ts";
import { schemaOfUrl } from "../../postgres/url.ts";
import { stepsOfColumn } from "../../transforms/column-settings.ts";
import { stepOf as transformStepOf } from "../../transforms/step-settings.ts";
import { digestOf } from "./digest.ts";
import { environmentOf } from "./environment-of.ts";
import { mapValues } from "./map-values.ts";
import { pathAt } from "./path-at.ts";
import type { PipelineFile } from "./schema.ts";

/** `environment`: by name, as of --env; null = the file's own choice. */
export function settingsOf(file: PipelineFile, folder: string, environment: string | null = null): Settings {
  const settings = {
    name: file.name,
    folder,
    source: sourceOf(file.source, folder),
    target: targetOf(file.target, folder),
    tables: file.tables === undefined ? null : mapValues(file.tables, tableOf),
    root: file.root ?? null,
    include: file.include ?? null,
    exclude: file.exclude,
    accept: file.accept.map(acceptanceOf),
    interpret: file.interpret.map(interpretOf),
    acceptAll: false,
    validate: {
      counts: file.validate.counts,
      schema: file.validate.schema,
      parity: file.validate.parity === "full",
      search: file.validate.search !== "off",
    },
    search: { ...file.search, check: searchCheckOf(file, folder) },
    cutover: file.cutover?.map((step) => stepOf(step, folder)) ?? null,
    environment: environmentOf(file.environments, environment),
    concurrency: file.concurrency,
    integers: file.integers,
    disk: file.preflight.disk,
  };
  return { ...settings, digest: digestOf(settings) };
}

function sourceOf(source: PipelineFile["source"], folder: string): SourceSettings {
  if (source.kind === "postgres") return { ...source, schema: source.schema ?? schemaOfUrl(source.url) ?? "public" };
  const path = pathAt(source.path, folder);
  if (source.kind !== "json") return { kind: source.kind, path };
  const { table, key, duplicateKeys, missing } = source;
  // In YAML the word null is written like no word at all.
  return { kind: "json", path, table: table ?? null, key, duplicateKeys, missing: missing ?? "null" };
}

function targetOf(target: PipelineFile["target"], folder: string): TargetSettings {
  if (target.kind === "sqlite")
    return { kind: target.kind, path: pathAt(target.path, folder), existing: target.existing };
  const settings = {
    schema: target.schema ?? (target.kind === "postgres" ? schemaOfUrl(target.url) : null) ?? "public",
    existing: target.existing,
    state: target.state,
    owner: target.owner ?? null,
    grants: target.grants,
    rowSecurity: target.rowSecurity ?? null,
    collation: target.collation,
  };
  return target.kind === "postgres"
    ? { kind: target.kind, url: target.url, ...settings }
    : { kind: target.kind, ...settings };
}

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
    steps: [
      ...Object.entries(table.columns ?? {}).flatMap(([column, given]) => stepsOfColumn(column, given)),
      ...[table.transform ?? []].flat().map((step) => transformStepOf(step)),
    ],
    onError: table.onError,
    belongsTo: table.belongsTo ?? null,
    existing: table.existing ?? null,
    key: table.key ?? null,
    references: table.references ?? {},
  };
}

function acceptanceOf(entry: PipelineFile["accept"][number]): Acceptance {
  return {
    code: entry.code,
    at: entry.column ?? entry.table ?? entry.object ?? null,
    // In YAML the policy null is written like no policy at all.
    policy: entry.policy === null ? "null" : (entry.policy ?? null),
    why: entry.why ?? null,
  };
}

function interpretOf({ column, table, type, ...given }: PipelineFile["interpret"][number]): InterpretEntry {
  const as = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { at: column ?? table ?? null, type: type ?? null, as };
}

function stepOf(step: NonNullable<PipelineFile["cutover"]>[number], folder: string): CutoverStep {
  return "file" in step
    ? { kind: "file", path: resolve(folder, step.file), set: step.set }
    : { kind: "check", command: step.check, folder: resolve(folder, step.in ?? "."), timeoutSeconds: step.timeout };
}
