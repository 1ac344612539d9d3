/**
 * Reads a manifest and checks it against the folder and against itself, before
 * anything relies on it. All problems are reported together.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { foldName } from "../core/schema/names.ts";
import { folderKind } from "../system/folder-kind.ts";
import { nearFileHint } from "../system/near-file.ts";
import {
  type ExportedTable,
  exportFormat,
  exportVersion,
  type Manifest,
  manifestName,
  manifestSchema,
} from "./manifest.ts";

export type OpenedExport = {
  readonly manifest: Manifest;
  /** As it is in the file. */
  readonly text: string;
};

/** Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE, EXPORT_INVALID. */
export function readManifest(folder: string): OpenedExport {
  const text = manifestFile(folder);
  const path = join(folder, manifestName);
  const json = parsed(path, text);
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown };
  if (format !== exportFormat) throw invalid(`${path} is not the manifest of an export of rowhaul's.`);
  if (version !== exportVersion)
    throw invalid(`${path} has version ${JSON.stringify(version)}; this rowhaul reads version ${exportVersion}.`, {
      hint: "Use the version of rowhaul that wrote it, or a later one.",
    });
  const checked = manifestSchema.safeParse(json);
  if (!checked.success)
    throw invalid(`${path} is not understood.`, {
      details: checked.error.issues.slice(0, 10).map(({ path: at, message }) => `${at.join(".")}: ${message}`),
    });
  const manifest = json as Manifest;
  const problems = [...fileProblems(folder, manifest), ...tableProblems(manifest)];
  if (problems.length > 0)
    throw invalid(`The export ${folder} is not as its manifest says.`, { details: problems.slice(0, 10) });
  return { manifest, text };
}

/** The columns of a file as the catalog has them; null for the rows and index of a virtual table, which it does not list. */
export function catalogColumns(catalog: Catalog, entry: ExportedTable): Catalog["tables"][number]["columns"] | null {
  return entry.of === undefined ? (catalog.tables.find(({ name }) => name === entry.table)?.columns ?? []) : null;
}

function manifestFile(folder: string): string {
  const path = join(folder, manifestName);
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const code = (thrown as { code?: string }).code;
    if (code === "ENOTDIR") throw invalid(`${folder} is not a folder.`);
    if (code !== "ENOENT")
      throw new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined)
      throw new RowhaulError("SOURCE_NOT_FOUND", `There is no folder at ${folder}.`, hintOf(folder));
    const { is, todo } = folderKind(folder);
    throw invalid(`${folder} is ${is}, and no export of rowhaul's: it holds no ${manifestName}.`, { hint: todo });
  }
}

function hintOf(folder: string): { readonly hint?: string } {
  const hint = nearFileHint(folder);
  return hint === null ? {} : { hint };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw invalid(`${path} is no JSON: ${messageOf(thrown)}.`);
  }
}

function fileProblems(folder: string, manifest: Manifest): string[] {
  const named = manifest.tables.map(({ file }) => file);
  const missing = named.filter((file) => lstatSync(join(folder, file), { throwIfNoEntry: false })?.isFile() !== true);
  const surplus = readdirSync(folder).filter(
    (name) => name !== manifestName && !name.startsWith(".") && !named.includes(name),
  );
  return [
    ...missing.map((file) => `${file} is missing`),
    ...surplus.map((file) => `${file} is not in the manifest`),
    ...twice(named).map((file) => `${file} is there for two tables`),
  ];
}

function tableProblems({ catalog, tables, virtualTables }: Manifest): string[] {
  const plain = tables.filter(({ of }) => of === undefined).map(({ table }) => table);
  const known = catalog.tables.map(({ name }) => name);
  const virtual = virtualTables.map(({ table }) => table);
  return [
    ...known.filter((name) => !plain.includes(name)).map((name) => `the table ${name} has no file`),
    ...plain.filter((name) => !known.includes(name)).map((name) => `the catalog has no table ${name}`),
    ...[...known, ...tables.map(({ table }) => table), ...catalog.virtualTables.map(({ name }) => name)]
      .filter((name) => /^sqlite_/i.test(name))
      .map((name) => `the name ${name} belongs to SQLite`),
    ...twice(known.map(foldName)).map((name) => `the catalog has two tables ${name}`),
    ...twice(plain).map((name) => `the table ${name} has two files`),
    ...virtual
      .filter((name) => !catalog.virtualTables.some((one) => one.name === name))
      .map((name) => `the catalog has no virtual table ${name}`),
    ...tables.flatMap(({ of, file }) =>
      of === undefined || virtual.includes(of) ? [] : [`${file} is of the virtual table ${of}, which is not listed`],
    ),
    ...tables.flatMap((entry) => columnProblems(catalog, entry)),
  ];
}

function columnProblems(catalog: Catalog, entry: ExportedTable): string[] {
  const expected = catalogColumns(catalog, entry)?.map(({ name }) => name);
  const given = entry.columns.map(({ name }) => name);
  if (expected === undefined || expected.length === 0 || JSON.stringify(expected) === JSON.stringify(given)) return [];
  const surplus = given.filter((name) => !expected.includes(name)).map((name) => `${name} is not in the catalog`);
  const missing = expected.filter((name) => !given.includes(name)).map((name) => `${name} is missing`);
  const problems = [...surplus, ...missing];
  return (problems.length > 0 ? problems : ["their order is another"]).map(
    (text) => `columns of ${entry.table}: ${text}`,
  );
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function invalid(message: string, more: { hint?: string; details?: readonly string[] } = {}): RowhaulError {
  return new RowhaulError("EXPORT_INVALID", message, more);
}
