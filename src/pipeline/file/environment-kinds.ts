/** Development, staging, production: what each asks for where the pipeline file says nothing. */
import type { Environment, EnvironmentKind } from "../../core/environment.ts";

export const environmentDefaults = {
  development: { backup: "skip", confirm: "none" },
  staging: { backup: "make", confirm: "ask" },
  production: { backup: "require", confirm: "name" },
} as const satisfies Record<EnvironmentKind, Pick<Environment, "backup" | "confirm">>;

export const kinds = Object.keys(environmentDefaults) as readonly EnvironmentKind[];

/** As the pipeline file writes it. */
type Kinded = {
  readonly like?: EnvironmentKind | undefined;
  readonly backup?: Environment["backup"] | undefined;
};

export function kindOf(name: string, file: Kinded): EnvironmentKind {
  return file.like ?? kinds.find((kind) => kind === name) ?? "production";
}

export function backupOf(name: string, file: Kinded): Environment["backup"] {
  return file.backup ?? environmentDefaults[kindOf(name, file)].backup;
}
