/**
 * A TypeScript file as a module in memory: types are stripped (nothing is
 * checked), and what it imports is named by full address, because a module in
 * memory has no place to look from. Relative TypeScript imports are taken along.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import swc from "@swc/wasm-typescript";

/** A `data:` URL to import. Throws what the stripper or the file system says. */
export function moduleText(path: string, within: readonly string[] = []): string {
  if (within.includes(path)) throw new Error(`${path} imports itself by way of others`);
  const code = readFileSync(path, "utf8");
  const plain = isTypeScript(path) ? stripTypes(code, path) : code;
  const addressed = plain.replace(
    importFrom,
    (_, before: string, __, name: string) => `${before}${JSON.stringify(addressOf(name, path, [...within, path]))}`,
  );
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(`${addressed}\n//# sourceURL=${pathToFileURL(path).href}`)}`;
}

/** `from "x"` and `import "x"` at the end of a statement, and `import("x")`. */
const importFrom = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\n]+)\2/g;

function stripTypes(code: string, path: string): string {
  try {
    return swc.transformSync(code, { mode: "strip-only", module: true, filename: path }).code;
  } catch (thrown) {
    const { message } = thrown as { message?: unknown };
    throw new Error(typeof message === "string" ? message : String(thrown));
  }
}

function addressOf(name: string, importer: string, within: readonly string[]): string {
  if (isBuiltin(name) || /^(?:data|file):/.test(name)) return name.includes(":") ? name : `node:${name}`;
  if (!/^\.{0,2}\//.test(name)) return pathToFileURL(createRequire(importer).resolve(name)).href;
  const path = resolve(dirname(importer), name);
  // TypeScript files import each other by the names they will have once compiled.
  const asTypeScript = path.replace(/\.(m?)js$/, ".$1ts");
  const file = existsSync(path) ? path : asTypeScript;
  return isTypeScript(file) ? moduleText(file, within) : pathToFileURL(file).href;
}

function isTypeScript(path: string): boolean {
  return [".ts", ".mts"].includes(extname(path));
}
