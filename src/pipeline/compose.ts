/**
 * The composition root: settings → the concrete parts of a run. The only place that knows every store, and it loads only
 * what these settings need: most of a short command's time is the loading of code.
 */
import type { Emit } from "../core/events.ts";
import type { Parts, TargetParts } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { Context } from "../phases/run/context.ts";
import type { Planner } from "../plan/planned.ts";
import { copySearch } from "./copy-search.ts";
import { homeOf } from "./home-of.ts";
import { openSource } from "./open-source.ts";
import { refuseSamePlace } from "./same-place.ts";
import { selectionOf } from "./selection.ts";
import { sourceMode } from "./source-mode.ts";
import { transformsOf } from "./transforms-of.ts";

export type Composed = { readonly context: Context; close(): Promise<void> };

/** `embedded`: where an embedded target lives; `temporary` for rehearsals. */
export async function compose(
  settings: Settings,
  emit: Emit,
  signal: AbortSignal,
  embedded: "kept" | "temporary" = "kept",
): Promise<Composed> {
  refuseSamePlace(settings);
  const home = homeOf(settings);
  const source = await openSource(settings);
  const transforms = await transformsOf(settings);
  // Whatever may refuse these settings does so before a server is started for them.
  const selection = selectionOf(settings);
  const { planner, ...target } = await openTarget(settings, emit, signal, embedded);
  const parts: Parts = {
    ...target,
    source,
    selection,
    transforms,
    copySearch,
    files: async () => (await import("./app-files.ts")).appFiles,
  };
  return {
    context: { settings, planner, parts, home, emit, signal },
    close: () => target.target.close(),
  };
}

async function openTarget(
  settings: Settings,
  emit: Emit,
  signal: AbortSignal,
  embedded: "kept" | "temporary",
): Promise<TargetParts & { readonly planner: Planner }> {
  const { target } = settings;
  if (target.kind === "sqlite")
    return (await import("../targets/sqlite/index.ts")).open({ ...target, mode: sourceMode(settings) });
  return (await import("../targets/postgres/index.ts")).open(settings, target, emit, signal, embedded);
}
