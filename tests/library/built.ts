/**
 * The built package, as users import it, with the types of its sources: a quick
 * build has no declarations of its own.
 */
type Library = typeof import("../../src/index.ts");

export const library = (await import(new URL("../../dist/index.js", import.meta.url).href)) as Library;
