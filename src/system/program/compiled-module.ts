/** Modules that are started in a process or a thread of their own, from the sources or from what was compiled from them. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A module named as its source is (`new URL("./x.ts", …)`): that source where it is, else what was compiled from it. */
export function compiledModule(source: URL): URL {
  return existsSync(fileURLToPath(source)) ? source : new URL(source.href.replace(/ts$/, "js"));
}

/** What Node must be told on starting to load the module. */
export function nodeOptionsFor(module: URL): string[] {
  if (!module.href.endsWith(".ts") || "typescript" in process.features) return [];
  const hooks = new URL("../typescript-hooks.mjs", import.meta.url).href;
  return ["--import", `data:text/javascript,import{installTypeScript}from${JSON.stringify(hooks)};installTypeScript()`];
}
