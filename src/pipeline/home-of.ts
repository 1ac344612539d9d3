/** Where the runs of a pipeline are kept. */
import { createHash } from "node:crypto";
import type { Settings, TargetSettings } from "../core/settings.ts";
import { parseTarget } from "../postgres/url.ts";
import { RunHome } from "../run-folder/run-home.ts";

/** Runs into another target, or in another environment, are other runs. An embedded server's port may change; it is still the same one. */
export function homeOf(settings: Settings): RunHome {
  // What was checked in one environment was not checked in another.
  const { name } = settings.environment;
  const suffix = name === null ? "" : `\0${name}`;
  const hash = createHash("sha256")
    .update(`${placeOf(settings.target)}${suffix}`)
    .digest("hex")
    .slice(0, 8);
  return new RunHome(settings.folder, `${settings.name}-${hash}`);
}

function placeOf(target: TargetSettings): string {
  switch (target.kind) {
    case "sqlite":
      return `${target.path}\0main`;
    case "embedded":
      return `embedded\0${target.schema}`;
    case "postgres":
      return `${parseTarget(target.url).shown}\0${target.schema}`;
  }
}
