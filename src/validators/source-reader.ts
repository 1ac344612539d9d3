/** Opens the snapshot for proof: read-only, 64-bit integers exact, never through the loader's reader. */
import Database from "better-sqlite3";

export type Source = Database.Database;

export function openSource(path: string): Source {
  const source = new Database(path, { readonly: true, fileMustExist: true });
  source.defaultSafeIntegers(true);
  return source;
}

/** The pipeline's selection as a condition; a line break, so that a trailing comment cannot swallow the parenthesis. */
export function selection(where: string | null): string {
  return where === null ? "1" : `(${where}\n)`;
}
