/** Options for tables that already exist. */
import type { OptionName } from "../options.ts";

export const existingFlags = [
  "append",
  "merge",
  "skip",
  "replace",
  "keep-aside",
] as const satisfies readonly OptionName[];
