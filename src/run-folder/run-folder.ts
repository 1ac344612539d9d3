/**
 * What a run keeps beside its pipeline: `.rowhaul/<pipeline>/<run>/` with the
 * snapshot (a full copy of the data, hence 0700 and ignored by git), catalog,
 * profile, plan, report and the cutover's journal.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Profile } from "../core/plan/profile.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { Report } from "../core/report.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { writeDurably } from "../system/durable-file.ts";
import { currentFormat } from "./formats/current.ts";
import { catalogFormat, planFormat, profileFormat, reportFormat, transformsFormat } from "./formats/documents.ts";
import { type Format, readFormat, writeFormat } from "./formats/format.ts";
import { type RunRecord, recordFormat } from "./formats/record.ts";
import { refuseForeign } from "./own-folder.ts";

export type { RunRecord } from "./formats/record.ts";

const documents = {
  catalog: catalogFormat,
  profile: profileFormat,
  plan: planFormat,
  transforms: transformsFormat,
  report: reportFormat,
} as const;

export class RunFolder {
  readonly path: string;

  constructor(home: string, id: string) {
    this.path = join(home, id);
    refuseForeign(this.path);
  }

  get record(): RunRecord {
    const record = readFormat(join(this.path, "run.json"), recordFormat);
    if (record === null)
      throw new RowhaulError("SNAPSHOT_LOST", `The folder of the run, ${this.path}, is gone or incomplete.`);
    return record;
  }

  update(changes: Partial<RunRecord>): RunRecord {
    const record = { ...this.record, ...changes };
    writeFormat(join(this.path, "run.json"), recordFormat, record);
    return record;
  }

  get snapshotPath(): string {
    return join(this.path, "snapshot.db");
  }

  get reshapedPath(): string {
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

  save(name: keyof typeof documents, value: object): void {
    const format: Format<object> = documents[name];
    writeFormat(this.file(`${name}.json`), format, value);
  }

  get catalog(): Catalog {
    return this.#load("catalog.json", catalogFormat);
  }

  get profile(): Profile {
    return this.#load("profile.json", profileFormat);
  }

  get plan(): Plan {
    return { version: 1, ...this.#load("plan.json", planFormat) };
  }

  /** What the transforms did; null where there are none. */
  get transforms(): TransformReport | null {
    return readFormat(this.file("transforms.json"), transformsFormat);
  }

  report(): Report | null {
    return readReport(this.path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #load<T extends object>(name: string, format: Format<T>): T {
    const value = readFormat(this.file(name), format);
    if (value === null) throw new RowhaulError("SNAPSHOT_LOST", `${this.file(name)} is missing.`);
    return value;
  }
}

/** The report in a run's folder; null when there is none. */
export function readReport(folder: string): Report | null {
  return readFormat(join(folder, "report.json"), reportFormat);
}

/** The folder of all runs of one pipeline into one target schema. */
export class RunHome {
  readonly path: string;
  readonly #root: string;

  constructor(folder: string, name: string) {
    this.#root = join(folder, ".rowhaul");
    this.path = join(this.#root, name);
    for (const own of [this.#root, this.path]) refuseForeign(own);
  }

  /** The newest run, null when there is none. */
  latest(): RunFolder | null {
    const current = readFormat(join(this.path, "current.json"), currentFormat);
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
      for (const path of [this.#root, this.path, folder.path]) {
        refuseForeign(path);
        chmodSync(path, 0o700);
      }
      // Not through a link that may stand there.
      writeDurably(join(this.#root, ".gitignore"), "*\n");
    } catch (thrown) {
      if (thrown instanceof RowhaulError) throw thrown;
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
    writeFormat(join(folder.path, "run.json"), recordFormat, record);
    writeFormat(join(this.path, "current.json"), currentFormat, { run: id });
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
