import type { Settings } from "../../core/settings.ts";
import { cleanRuns } from "../../phases/clean.ts";
import { composed } from "./composed.ts";
import type { CleanOptions } from "./options.ts";

/** Removes the pipeline's runs from target and disk; returns what was removed. The live tables stay. */
export async function clean(settings: Settings, options: CleanOptions = {}): Promise<string[]> {
  const { confirm, ...rest } = options;
  return composed(settings, rest, (context) => cleanRuns(context, confirm ?? (async () => true)));
}
