/**
 * A kept file of a run: JSON with the version of its shape, checked when it is read. What was written before there were
 * versions has no number, and the shape of version 1.
 */
import type { z } from "zod";
import { newerState } from "../../core/messages/newer-state.ts";
import { readJson, writeJson } from "../write-file.ts";
import { damaged, whatIsWrong } from "./damaged.ts";

type Fields = Readonly<Record<string, unknown>>;

export type Format<T extends object> = {
  /** What a file must have to be a {@link T}, as far as later code relies on it. */
  readonly schema: z.ZodType;
  /** The first makes version 2 of version 1; what they give is of this program's version. */
  readonly upgrades: readonly ((old: Fields) => Fields)[];
  /** What helps when the file is damaged. */
  readonly remedy: (path: string) => string;
  /** Only for the compiler: what the file holds. */
  readonly holds?: T;
};

/** Null when the file is not there. Throws RUN_FILE_DAMAGED, STATE_NEWER, LOCAL_DISK. */
export function readFormat<T extends object>(path: string, format: Format<T>): T | null {
  const found = readJson(path, format.remedy(path));
  return found === null ? null : current(path, found, format);
}

export function writeFormat<T extends object>(path: string, format: Format<T>, value: T): void {
  writeJson(path, withVersion(format, value));
}

export function withVersion<T extends object>(format: Format<T>, value: T): T & { readonly version: number } {
  return { version: versionOf(format), ...value };
}

function current<T extends object>(path: string, found: unknown, format: Format<T>): T {
  const remedy = format.remedy(path);
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw damaged(path, "it holds no object", remedy);
  const { version, ...fields } = found as Fields;
  const number = checkedVersion(path, version, versionOf(format), remedy);
  const upgraded = format.upgrades.slice(number - 1).reduce((old, upgrade) => upgrade(old), fields);
  const result = format.schema.safeParse(upgraded);
  if (!result.success) throw damaged(path, whatIsWrong(result.error), remedy);
  return upgraded as T;
}

/** The version that a file says it has; without one it is the first. */
export function checkedVersion(path: string, version: unknown, known: number, remedy: string): number {
  if (version === undefined) return 1;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    throw damaged(path, `${JSON.stringify(version)} is no version`, remedy);
  if (version > known) throw newerState(path, version, known);
  return version;
}

function versionOf({ upgrades }: Format<object>): number {
  return upgrades.length + 1;
}
