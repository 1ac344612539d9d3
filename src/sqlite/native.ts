/**
 * better-sqlite3's compiled part is loaded when the first database is opened. Where it is missing or of another Node,
 * that is no fault of the database, so it is tried with none before any is touched.
 */
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { inInstallation } from "../system/installation.ts";

/** Throws NATIVE_MODULE. */
export function requireSqlite(): void {
  try {
    new Database(":memory:").close();
  } catch (thrown) {
    throw nativeError(thrown) ?? thrown;
  }
}

/** Null where it is something else that failed. */
export function nativeError(thrown: unknown): RowhaulError | null {
  const message = messageOf(thrown);
  const code = (thrown as { code?: string } | null)?.code ?? "";
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const more = { cause: thrown, details: lines.slice(0, 2) };
  const rebuild = `${inInstallation()}npm rebuild better-sqlite3`;
  if (/^Could not locate the bindings file/.test(message))
    return new RowhaulError(
      "NATIVE_MODULE",
      "better-sqlite3's compiled part, which reads SQLite files, is not there: it was not built or fetched when it was installed, as happens where install scripts are blocked.",
      {
        ...more,
        details: [],
        hint: `${rebuild} --ignore-scripts=false (pnpm: allow better-sqlite3 by \`pnpm approve-builds\`; where npm asks for it, by \`npm approve-scripts better-sqlite3\`)`,
      },
    );
  if (/NODE_MODULE_VERSION/.test(message))
    return new RowhaulError(
      "NATIVE_MODULE",
      `better-sqlite3's compiled part, which reads SQLite files, was built for another version of Node than this one (${process.version}).`,
      { ...more, details: lines.slice(1, 4), hint: `${rebuild} (or run rowhaul by the Node it was installed with)` },
    );
  if (code === "ERR_DLOPEN_FAILED" || code === "MODULE_NOT_FOUND")
    return new RowhaulError(
      "NATIVE_MODULE",
      `better-sqlite3's compiled part, which reads SQLite files, cannot be loaded on this system (${process.platform}, ${process.arch}, Node ${process.version}).`,
      { ...more, hint: `${rebuild} (or install anew: a node_modules of another system does not do)` },
    );
  return null;
}
