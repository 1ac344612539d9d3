/**
 * What a run keeps beside its pipeline: `.rowhaul/<pipeline>/<run>/` with the
 * snapshot (a full copy of the data, hence 0700 and ignored by git), catalog,
 * profile, plan, report and the cutover's journal.
 */

import { existsSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Profile } from "../core/plan/profile.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { Report } from "../core/report.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { stagingPrefix } from "../core/schema/staging-name.ts";
import { onDisk } from "../system/disk-error.ts";
import { damaged } from "./formats/damaged.ts";
import { catalogFormat, planFormat, profileFormat, reportFormat, transformsFormat } from "./formats/documents.ts";
import { type Format, readFormat, writeFormat } from "./formats/format.ts";
import { type RunRecord, recordFormat } from "./formats/record.ts";
import { refuseForeign } from "./own-folder.ts";

export type { RunRecord } from "./formats/record.ts";

/** What is appended to the names of folders that are no runs: of one that is being removed, and of one set aside. */
const leaving = ".gone";
const lost = ".lost";

const documents = {
  catalog: catalogFormat,
  profile: profileFormat,
  plan: planFormat,
  transforms: transformsFormat,
  report: reportFormat,
} as const;

export class RunFolder {
  readonly id: string;
  readonly path: string;

  constructor(home: string, id: string) {
    this.id = id;
    this.path = join(home, id);
    refuseForeign(this.path);
  }

  get record(): RunRecord {
    const path = this.file("run.json");
    const record = readFormat(path, recordFormat);
    if (record === null)
      throw new RowhaulError("SNAPSHOT_LOST", `The folder of the run, ${this.path}, is gone or incomplete.`);
    if (record.id !== this.id) throw damaged(path, `it is of run ${record.id}`, recordFormat.remedy(path));
    return record;
  }

  update(changes: Partial<RunRecord>): RunRecord {
    const record = { ...this.record, ...changes };
    writeFormat(join(this.path, "run.json"), recordFormat, record);
    return record;
  }

  /** That it is rolled back has been said. */
  tell(): void {
    const { untold: _, ...record } = this.record;
    writeFormat(this.file("run.json"), recordFormat, record);
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
    // So that no file of another run is taken for one of this.
    writeFormat(this.file(`${name}.json`), format, { run: this.id, ...value });
  }

  get catalog(): Catalog {
    return this.#load("catalog.json", catalogFormat);
  }

  get profile(): Profile {
    return this.#load("profile.json", profileFormat);
  }

  get plan(): Plan {
    const plan: Plan = { version: 1, ...this.#load("plan.json", planFormat) };
    const { staging } = plan.target;
    // Statements of a plan of another run would work on that run's tables.
    if (staging.startsWith(stagingPrefix) && staging !== `${stagingPrefix}${this.id}`)
      throw damaged(
        this.file("plan.json"),
        `it is of run ${staging.slice(stagingPrefix.length)}`,
        planFormat.remedy(""),
      );
    return plan;
  }

  /** What the transforms did; null where there are none. */
  get transforms(): TransformReport | null {
    return this.#own("transforms.json", transformsFormat);
  }

  report(): Report | null {
    return readReport(this.path);
  }

  /** A process that is killed meanwhile leaves nothing that looks like a run. */
  remove(): void {
    const gone = `${this.path}${leaving}`;
    rmSync(gone, { recursive: true, force: true });
    if (existsSync(this.path)) renameSync(this.path, gone);
    rmSync(gone, { recursive: true, force: true });
  }

  /** Takes it out of the pipeline's runs, for it cannot be gone on with; `clean` removes it. Returns where it is now. */
  setAside(): string {
    const aside = `${this.path}${lost}`;
    onDisk(this.path, () => {
      rmSync(aside, { recursive: true, force: true });
      renameSync(this.path, aside);
    });
    return aside;
  }

  /** Null when it is not there. Files of earlier versions do not say which run's they are. */
  #own<T extends object>(name: string, format: Format<T>): T | null {
    const found = readFormat(this.file(name), format) as (T & { readonly run?: unknown }) | null;
    if (found === null) return null;
    const { run = this.id, ...value } = found;
    if (run !== this.id) throw damaged(this.file(name), `it is of run ${String(run)}`, format.remedy(this.file(name)));
    return value as unknown as T;
  }

  #load<T extends object>(name: string, format: Format<T>): T {
    return present(this.file(name), this.#own(name, format));
  }
}

/** The report in a run's folder; null when there is none. */
export function readReport(folder: string): Report | null {
  const path = join(folder, "report.json");
  const report = readFormat(path, reportFormat);
  if (report !== null && report.run !== basename(folder))
    throw damaged(path, `it is of run ${report.run}`, reportFormat.remedy(path));
  return report;
}

function present<T>(path: string, value: T | null): T {
  if (value === null) throw new RowhaulError("SNAPSHOT_LOST", `${path} is missing.`);
  return value;
}
