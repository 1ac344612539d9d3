/**
 * What a run keeps beside its pipeline: `.rowhaul/<pipeline>/<run>/` with the
 * snapshot (a full copy of the data, hence 0700 and ignored by git), catalog,
 * profile, plan, report and the cutover's journal.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ValidatorResult } from "../core/finding.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Profile } from "../core/plan/profile.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import type { RunStage } from "../core/run-stages.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { TargetSettings } from "../core/settings.ts";
import { readJson, writeJson } from "./write-file.ts";

export type RunRecord = {
  readonly id: string;
  readonly pipeline: string;
  readonly startedAt: string;
  readonly stage: RunStage;
  /** Digest of the settings that decide what arrives. */
  readonly settings: string;
  readonly snapshot: SnapshotInfo | null;
  /** The snapshot after the pipeline's transforms; null where there are none (or not yet). */
  readonly shaped: Pick<SnapshotInfo, "path" | "sha256" | "bytes"> | null;
  readonly validation: readonly ValidatorResult[];
  readonly finishedAt: string | null;
  /** What became of tables that were there; absent before the run loads, and in runs of earlier versions. */
  readonly existing?: TargetSettings["existing"];
  /** The switch was refused for what the pipeline file can answer: with other settings it is another run, and this one is given up. */
  readonly answersAsked?: true;
};

export class RunFolder {
  readonly path: string;

  constructor(home: string, id: string) {
    this.path = join(home, id);
  }

  get record(): RunRecord {
    const record = readJson<RunRecord>(join(this.path, "run.json"));
    if (record === null)
      throw new RowhaulError("SNAPSHOT_LOST", `The folder of the run, ${this.path}, is gone or incomplete.`);
    return record;
  }

  update(changes: Partial<RunRecord>): RunRecord {
    const record = { ...this.record, ...changes };
    writeJson(join(this.path, "run.json"), record);
    return record;
  }

  get snapshotPath(): string {
    return join(this.path, "snapshot.db");
  }

  get shapedPath(): string {
    return join(this.path, "shaped.db");
  }

  /** What is loaded and proven: the transformed snapshot, or the snapshot itself. */
  get dataPath(): string {
    const { shaped, snapshot } = this.record;
    return shaped?.path ?? snapshot?.path ?? this.snapshotPath;
  }

  /** Ready-made vectors of full-text tables, from the snapshot's own indexes. */
  get searchPath(): string {
    return join(this.path, "search.db");
  }

  get journalPath(): string {
    return join(this.path, "journal.jsonl");
  }

  file(name: string): string {
    return join(this.path, name);
  }

  save(name: "catalog" | "profile" | "plan" | "transforms" | "report", value: unknown): void {
    writeJson(join(this.path, `${name}.json`), value);
  }

  get catalog(): Catalog {
    return this.#load<Catalog>("catalog");
  }

  get profile(): Profile {
    return this.#load<Profile>("profile");
  }

  get plan(): Plan {
    return this.#load<Plan>("plan");
  }

  /** What the transforms did; null where there are none. */
  get transforms(): TransformReport | null {
    return readJson<TransformReport>(join(this.path, "transforms.json"));
  }

  report<T>(): T | null {
    return readJson<T>(join(this.path, "report.json"));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #load<T>(name: string): T {
    const value = readJson<T>(join(this.path, `${name}.json`));
    if (value === null) throw new RowhaulError("SNAPSHOT_LOST", `${join(this.path, `${name}.json`)} is missing.`);
    return value;
  }
}

/** The folder of all runs of one pipeline into one target schema. */
export class RunHome {
  readonly path: string;
  readonly #root: string;

  constructor(folder: string, name: string) {
    this.#root = join(folder, ".rowhaul");
    this.path = join(this.#root, name);
  }

  /** The newest run, null when there is none. */
  latest(): RunFolder | null {
    const current = readJson<{ run: string }>(join(this.path, "current.json"));
    return current !== null && existsSync(join(this.path, current.run, "run.json"))
      ? new RunFolder(this.path, current.run)
      : null;
  }

  start(pipeline: string, settings: string, now: Date): RunFolder {
    const id = `${now.toISOString().replace(/[-:]/g, "").replace("T", "t").slice(0, 15)}_${Math.floor(
      Math.random() * 0x10000,
    )
      .toString(16)
      .padStart(4, "0")}`;
    const folder = new RunFolder(this.path, id);
    try {
      mkdirSync(folder.path, { recursive: true, mode: 0o700 });
      for (const path of [this.#root, this.path, folder.path]) chmodSync(path, 0o700);
      writeFileSync(join(this.#root, ".gitignore"), "*\n");
    } catch (thrown) {
      throw new RowhaulError("LOCAL_DISK", `${folder.path} cannot be made: ${messageOf(thrown)}.`, { cause: thrown });
    }
    const record: RunRecord = {
      id,
      pipeline,
      startedAt: now.toISOString(),
      stage: "new",
      settings,
      snapshot: null,
      shaped: null,
      validation: [],
      finishedAt: null,
    };
    writeJson(join(folder.path, "run.json"), record);
    writeJson(join(this.path, "current.json"), { run: id });
    return folder;
  }

  /** All runs, oldest first. */
  all(): RunFolder[] {
    if (!existsSync(this.path)) return [];
    const names = readdirSync(this.path, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && existsSync(join(this.path, entry.name, "run.json")),
    );
    // Not by name: two runs may begin in the same second.
    return names
      .map(({ name }) => new RunFolder(this.path, name))
      .map((folder) => ({ folder, startedAt: folder.record.startedAt }))
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
      .map(({ folder }) => folder);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    if (existsSync(this.#root) && readdirSync(this.#root).every((name) => name === ".gitignore"))
      rmSync(this.#root, { recursive: true, force: true });
  }
}
