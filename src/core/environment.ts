/** The settings of an environment in the pipeline file: what it requires of a run. */

export type EnvironmentKind = "development" | "staging" | "production";

export type Environment = {
  /** Null when the pipeline has no environments: nothing is required beyond what every run does. */
  readonly name: string | null;
  readonly kind: EnvironmentKind;
  readonly backup: "skip" | "require" | "make";
  /** As in the file: paths are relative to it. Null where none are given. */
  readonly backups: BackupSettings | null;
  readonly validateOnly: boolean;
  readonly seed: string | null;
  readonly performance: PerformanceSettings | null;
  readonly confirm: "none" | "ask" | "name";
  readonly maxDowntimeMs: number | null;
  readonly rollbackOnFailure: boolean;
  readonly notify: readonly NotifySettings[];
};

export type BackupSettings = {
  readonly folder: string | null;
  readonly files: readonly string[];
  readonly maxAgeMs: number;
};

export type PerformanceSettings = {
  readonly queries: readonly { readonly name: string; readonly source: string; readonly target: string | null }[];
  readonly factor: number;
  readonly limitMs: number | null;
  readonly runs: number;
};

export type NotifySettings =
  | { readonly kind: "command"; readonly command: string; readonly on: NotifyOn }
  | { readonly kind: "webhook"; readonly url: string; readonly host: string | null; readonly on: NotifyOn };
export type NotifyOn = "always" | "success" | "failure";
