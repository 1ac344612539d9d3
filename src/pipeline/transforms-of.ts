import type { Transforms } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { leftBySource } from "./selection.ts";

/** Null when the pipeline reshapes nothing. */
export async function transformsOf(settings: Settings): Promise<Transforms | null> {
  const { tables, root } = leftBySource(settings);
  if (
    root === null &&
    Object.values(tables ?? {}).every(({ steps, belongsTo }) => steps.length === 0 && belongsTo === null)
  )
    return null;
  return (await import("./open-transforms.ts")).openTransforms(settings);
}
