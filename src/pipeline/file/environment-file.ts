/** One environment as it stands in the pipeline file → its settings, with the defaults of its kind. */
import type { BackupSettings, Environment, PerformanceSettings } from "../../core/environment.ts";
import { parseDuration } from "../../operations/duration.ts";
import { backupOf, environmentDefaults, kindOf } from "./environment-kinds.ts";
import type { EnvironmentFile } from "./environment-settings.ts";

export function environmentOfFile(name: string, file: EnvironmentFile): Environment {
  const kind = kindOf(name, file);
  return {
    name,
    kind,
    backup: backupOf(name, file),
    backups: file.backups === undefined ? null : backupsOf(file.backups),
    validateOnly: file.validateOnly ?? false,
    seed: file.seed ?? null,
    performance: file.performance === undefined ? null : performanceOf(file.performance),
    confirm: file.confirm ?? environmentDefaults[kind].confirm,
    maxDowntimeMs: milliseconds(file.maxDowntime),
    rollbackOnFailure: file.rollbackOnFailure ?? true,
    notify: (file.notify ?? []).map((entry) =>
      "command" in entry
        ? { kind: "command", command: entry.command, on: entry.on }
        : { kind: "webhook", url: entry.webhook, host: entry.host ?? null, on: entry.on },
    ),
  };
}

/** A day: what a nightly backup keeps to. */
const defaultMaxAgeMs = 86_400_000;

function backupsOf({ folder, files, maxAge }: NonNullable<EnvironmentFile["backups"]>): BackupSettings {
  return {
    folder: folder ?? null,
    files: files === undefined ? [] : [files].flat(),
    maxAgeMs: milliseconds(maxAge) ?? defaultMaxAgeMs,
  };
}

function performanceOf(file: NonNullable<EnvironmentFile["performance"]>): PerformanceSettings {
  return {
    queries: file.queries.map(({ name, source, target }) => ({ name, source, target: target ?? null })),
    factor: file.factor,
    limitMs: milliseconds(file.limit),
    runs: file.runs,
  };
}

function milliseconds(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text);
}
