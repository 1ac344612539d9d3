/** The files that steps name. */
import { resolve } from "node:path";
import type { TransformStep } from "../core/settings.ts";

/** The files of functions that the steps call, as they are written there, for `loadFunctions`. */
export function functionPaths(steps: readonly TransformStep[]): string[] {
  const paths = steps
    .filter((step) => step.use === "function")
    .map((step) => (typeof step.options === "string" ? step.options : (step.options as { file: string }).file));
  return [...new Set(paths)];
}

/** The step with its function's file as a full path; any other step as it is. */
export function withFullPath(step: TransformStep, folder: string): TransformStep {
  if (step.use !== "function") return step;
  const { options } = step;
  if (typeof options === "string") return { ...step, options: resolve(folder, options) };
  const given = options as { readonly file: string };
  return { ...step, options: { ...given, file: resolve(folder, given.file) } };
}
