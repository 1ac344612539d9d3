/** Modules that run in a process or thread of their own, from source or compiled. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `new URL("./x.ts", …)` → the source where it exists, else the module compiled from it. */
export function compiledModule(source: URL): URL {
  return existsSync(fileURLToPath(source)) ? source : new URL(source.href.replace(/ts$/, "js"));
}

/** Node options needed to load the module. */
export function nodeOptionsFor(module: URL): string[] {
  if (!module.href.endsWith(".ts") || "typescript" in process.features) return [];
  const hooks = new URL("../typescript-hooks.mjs", import.meta.url).href;
  return ["--import", `data:text/javascript,import{installTypeScript}from${JSON.stringify(hooks)};installTypeScript()`];
}
