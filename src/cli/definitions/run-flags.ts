/** Options of every command that runs phases. */
import type { OptionName } from "../options.ts";

export const runFlags = [
  "yes",
  "dry-run",
  "fresh",
  "accept-all",
  "tables",
  "discard-new-writes",
  "env",
  "confirm",
] as const satisfies readonly OptionName[];
