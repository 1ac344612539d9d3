/**
 * Real databases that nobody here made, in `shared/data` beside the repository. They are not part of
 * it: without them the tests that use them are skipped.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path, or null where the folder is absent. */
export function sharedData(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  return existsSync(path) ? path : null;
}
