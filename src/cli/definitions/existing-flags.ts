/** Options that say what becomes of tables that are there already. */
import type { OptionName } from "../options.ts";

export const existingFlags = [
  "append",
  "merge",
  "skip",
  "replace",
  "keep-aside",
] as const satisfies readonly OptionName[];
