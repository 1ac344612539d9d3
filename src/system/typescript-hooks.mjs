// @ts-check
/**
 * Lets Node load TypeScript where it cannot do so by itself: types are stripped, nothing is checked. JavaScript, because
 * it is loaded before there is anything that could load TypeScript; and hooks of the loader, because only Node knows
 * which words of a file are imports.
 */
import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const isTypeScript = /^file:[^?#]*\.m?ts(?:[?#]|$)/;

/** In the search part of a URL: an ES module, whatever package.json says of files of its name. */
export const asModule = "as-es-module";

/** Once per process (or thread). */
export function installTypeScript() {
  if (installed) return;
  installed = true;
  // Node 22.15 and later have hooks that run in the thread itself.
  const { registerHooks } = /** @type {{ registerHooks?: (hooks: object) => void }} */ (nodeModule);
  if (registerHooks === undefined) nodeModule.register(import.meta.url);
  else registerHooks({ resolve, load });
}

let installed = false;

/**
 * TypeScript files import each other by the names they will have once compiled.
 * @type {import("node:module").ResolveHook}
 */
export function resolve(specifier, context, nextResolve) {
  return nextResolve(sourceOf(specifier, context.parentURL) ?? specifier, context);
}

/**
 * @param {string} specifier
 * @param {string | undefined} parent
 */
function sourceOf(specifier, parent) {
  if (parent === undefined || !isTypeScript.test(parent) || !/^\.{0,2}\/.*\.m?js$/.test(specifier)) return null;
  const source = specifier.replace(/js$/, "ts");
  return !existsSync(new URL(specifier, parent)) && existsSync(new URL(source, parent)) ? source : null;
}

/** @type {import("node:module").LoadHook} */
export function load(url, context, nextLoad) {
  const forced = new URL(url).searchParams.has(asModule);
  const stripped = isTypeScript.test(url) && (forced || !("typescript" in process.features));
  if (!forced && !stripped) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const code = readFileSync(path, "utf8");
  return esModule(stripped ? stripTypes(code, path) : code);
}

/**
 * @param {string} source
 * @returns {import("node:module").LoadFnOutput}
 */
function esModule(source) {
  return { format: "module", shortCircuit: true, source };
}

/**
 * @param {string} code
 * @param {string} path
 */
function stripTypes(code, path) {
  // Megabytes of WebAssembly, for those alone who have TypeScript.
  /** @type {typeof import("@swc/wasm-typescript")} */
  const swc = nodeModule.createRequire(import.meta.url)("@swc/wasm-typescript");
  try {
    return swc.transformSync(code, { mode: "strip-only", module: true, filename: path }).code;
  } catch (thrown) {
    const { message } = /** @type {{ message?: unknown }} */ (thrown);
    throw new Error(typeof message === "string" ? message : String(thrown));
  }
}
