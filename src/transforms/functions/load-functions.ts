/**
 * The user's functions, imported where they stand; TypeScript by Node's own means, or by hooks that strip its types
 * (system/typescript-hooks.mjs). Importing runs the file: `plan` and every later command do that, reading the pipeline
 * file does not.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { asModule, installTypeScript } from "../../system/typescript-hooks.mjs";
import type { RowInfo } from "./row-function.ts";

export type LoadedFunction = {
  readonly path: string;
  /** Of the file itself, so that a changed function is noticed; not of what it imports. */
  readonly sha256: string;
  /** New columns and the types they are declared with. */
  readonly columns: Readonly<Record<string, string>>;
  readonly call: (row: Readonly<Record<string, unknown>>, info: RowInfo) => unknown;
};

/** By path as given. Throws PLAN_INVALID for a file that is not there, does not load or exports no function. */
export async function loadFunctions(
  paths: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, LoadedFunction>> {
  const loaded = new Map<string, LoadedFunction>();
  for (const path of new Set(paths)) loaded.set(path, await loadFunction(path, resolve(folder, path)));
  return loaded;
}

async function loadFunction(given: string, path: string): Promise<LoadedFunction> {
  const extension = extname(path);
  if (!extensions.includes(extension)) throw invalid(given, `its name ends in none of ${extensions.join(", ")}`);
  let code: string;
  try {
    code = readFileSync(path, "utf8");
  } catch (thrown) {
    throw invalid(given, "there is no such file", thrown);
  }
  const sha256 = createHash("sha256").update(code).digest("hex");
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importFile(path, extension, sha256);
  } catch (thrown) {
    throw invalid(given, `it cannot be loaded: ${messageOf(thrown)}`, thrown);
  }
  // A CommonJS file made from `export default` has its default one level deeper.
  const inner = exported.default as { default?: unknown; columns?: unknown } | undefined;
  const call = typeof inner === "function" ? inner : inner?.default;
  if (typeof call !== "function") throw invalid(given, "its default export is no function");
  const columns = columnsSchema.safeParse(exported.columns ?? inner?.columns ?? {});
  if (!columns.success) throw invalid(given, 'its export `columns` is no object such as { initials: "TEXT" }');
  return { path, sha256, columns: columns.data, call: call as LoadedFunction["call"] };
}

const extensions = [".js", ".mjs", ".cjs", ".ts", ".mts"];
const columnsSchema = z.record(z.string().min(1), z.string());

async function importFile(path: string, extension: string, sha256: string): Promise<Record<string, unknown>> {
  const address = pathToFileURL(path);
  // Node keeps a module for the life of the process; a changed file is another one.
  address.searchParams.set("v", sha256.slice(0, 16));
  const isTypeScript = /ts$/.test(extension);
  if (isTypeScript) installTypeScript();
  try {
    return await importByNode(address);
  } catch (thrown) {
    // Its package.json says that files of its name are CommonJS.
    const isMistaken = thrown instanceof SyntaxError && /export|import/.test(thrown.message);
    if (!isMistaken || !/^\.[jt]s$/.test(extension)) throw thrown;
    installTypeScript();
    address.searchParams.set(asModule, "");
    return importByNode(address);
  }
}

const nodesOwnImport: string = "data:text/javascript,export const load = (address) => import(address);";

/** By way of a module in memory, so that Node itself loads the file, whatever loads this one (in tests, Vite). */
async function importByNode(address: URL): Promise<Record<string, unknown>> {
  const { load } = (await import(nodesOwnImport)) as {
    load(address: string): Promise<Record<string, unknown>>;
  };
  return load(address.href);
}

function invalid(given: string, message: string, cause?: unknown): RowhaulError {
  return new RowhaulError("PLAN_INVALID", `The function ${given}: ${message}.`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "A function's file: `export default (row) => ({ ...row })`",
  });
}
