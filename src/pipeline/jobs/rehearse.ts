/** A rehearsal: every phase, against a PostgreSQL that is thrown away. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { plural } from "../../core/messages/count.ts";
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Settings, TargetSettings } from "../../core/settings.ts";
import type { RunResult } from "../../phases/run/run-options.ts";
import { withFullPath } from "../../transforms/step-files.ts";
import { noEnvironment } from "../file/environment-of.ts";
import type { RehearseOptions } from "./options.ts";
import { runUntil } from "./run.ts";

/** The whole job against an embedded PostgreSQL that lives only as long as this call; neither files nor target are touched. */
export async function rehearse(given: Settings, options: RehearseOptions = {}): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-rehearsal-"));
  const settings: Settings = {
    ...given,
    folder,
    tables: withFullPaths(given),
    cutover: null,
    environment: { ...noEnvironment, confirm: "none", performance: given.environment.performance },
    target: inFolder(given.target, folder),
  };
  return cleaningUp(
    async () => {
      const result = await runUntil(settings, { ...options, embedded: "temporary" });
      return { ...result, outcome: "rehearsed", summary: rehearsed(result, given) };
    },
    () => rmSync(folder, { recursive: true, force: true }),
  );
}

/** Roles of the target's are not there. */
function inFolder(target: TargetSettings, folder: string): TargetSettings {
  if (target.kind === "sqlite") return { ...target, path: join(folder, "rehearsed.db") };
  return { ...target, kind: "embedded", owner: null, grants: [] };
}

/** A rehearsal is kept in a folder of its own; functions stay where they are. */
function withFullPaths({ tables, folder }: Settings): Settings["tables"] {
  if (tables === null) return null;
  const settled = Object.entries(tables).map(([name, table]) => {
    const steps = table.steps.map((step) => withFullPath(step, folder));
    return [name, { ...table, steps }] as const;
  });
  return Object.fromEntries(settled);
}

/** A rehearsal leaves the application alone: a notice lists the files and checks that were not tried. */
function rehearsed(
  { plan: made, summary }: RunResult,
  { cutover, validate: wanted, target, tables }: Settings,
): string {
  if (made === null) return `rehearsed: ${summary}`;
  const files = new Set((cutover ?? []).flatMap((step) => (step.kind === "file" ? [step.path] : []))).size;
  const checks = (cutover ?? []).filter((step) => step.kind === "check").length;
  const into = [target.existing, ...Object.values(tables ?? {}).map((table) => table.existing)];
  const left = [
    ...(into.some((mode) => mode !== null && intoMode(mode) !== null)
      ? ["how rows go into the application's tables, at which `plan` looks"]
      : []),
    ...(files > 0 ? [plural(files, "file")] : []),
    ...(checks > 0 ? [plural(checks, "check")] : []),
  ];
  const arrived = `${plural(made.estimate.rows, "row")} in ${plural(made.tables.length, "table")} arrive${wanted.parity ? " and are proven" : ""}`;
  return `rehearsed: ${arrived}${left.length === 0 ? "" : `; not rehearsed: ${left.join(", ")}`}`;
}
