/** The folder of all runs of one pipeline into one target schema: which there are, and in which order they began. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { onDisk } from "../system/disk-error.ts";
import { writeDurably } from "../system/durable-file.ts";
import { currentFormat } from "./formats/current.ts";
import { readFormat, writeFormat } from "./formats/format.ts";
import { type RunRecord, recordFormat } from "./formats/record.ts";
import { refuseForeign } from "./own-folder.ts";
import { RunFolder } from "./run-folder.ts";

/** A run, as far as its folder says something about it. */
export type KeptRun =
  | { readonly folder: RunFolder; readonly record: RunRecord; readonly problem: null }
  | { readonly folder: RunFolder; readonly record: null; readonly problem: unknown };

export class RunHome {
  readonly path: string;
  readonly #root: string;

  constructor(folder: string, name: string) {
    this.#root = join(folder, ".rowhaul");
    this.path = join(this.#root, name);
    for (const own of [this.#root, this.path]) refuseForeign(own);
  }

  /** The newest run, null when there is none. Its record may be damaged. Throws SNAPSHOT_LOST, RUN_FILE_DAMAGED, STATE_NEWER, LOCAL_DISK. */
  latest(): RunFolder | null {
    const named = this.named();
    if (named === null) return this.newest();
    const folder = new RunFolder(this.path, named);
    if (!existsSync(folder.path))
      throw new RowhaulError("SNAPSHOT_LOST", `The folder of the newest run, ${folder.path}, is gone.`);
    return folder;
  }

  /** The newest by the order of the runs themselves, whatever current.json says. */
  newest(): RunFolder | null {
    return this.kept().at(-1)?.folder ?? null;
  }

  /** The id of the run that current.json says is the newest, there or not; null without such a file. */
  named(): string | null {
    return readFormat(join(this.path, "current.json"), currentFormat)?.run ?? null;
  }

  start(pipeline: string, settings: string, now: Date): RunFolder {
    const id = `${now.toISOString().replace(/[-:]/g, "").replace("T", "t").slice(0, 15)}_${Math.floor(
      Math.random() * 0x10000,
    )
      .toString(16)
      .padStart(4, "0")}`;
    const folder = new RunFolder(this.path, id);
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
      nth: 1 + this.kept().reduce((last, { record: one }, i) => Math.max(last, one?.nth ?? i + 1), 0),
    };
    try {
      // A folder without its record would be a run that lost it.
      const made = `${folder.path}.new`;
      mkdirSync(made, { recursive: true, mode: 0o700 });
      for (const path of [this.#root, this.path, made]) {
        refuseForeign(path);
        chmodSync(path, 0o700);
      }
      // Not through a link that may stand there.
      writeDurably(join(this.#root, ".gitignore"), "*\n");
      writeFormat(join(made, "run.json"), recordFormat, record);
      renameSync(made, folder.path);
    } catch (thrown) {
      if (thrown instanceof RowhaulError) throw thrown;
      throw new RowhaulError("LOCAL_DISK", `${folder.path} cannot be made: ${messageOf(thrown)}.`, { cause: thrown });
    }
    const current = join(this.path, "current.json");
    if (lstatSync(current, { throwIfNoEntry: false })?.isDirectory() === true)
      onDisk(current, () => rmSync(current, { recursive: true }));
    writeFormat(current, currentFormat, { run: id });
    return folder;
  }

  /** All runs, oldest first. Throws what is wrong with any of them. */
  all(): RunFolder[] {
    return this.kept().map(({ folder, problem }) => {
      if (problem !== null) throw problem;
      return folder;
    });
  }

  /** The same, whatever is wrong with them. */
  kept(): KeptRun[] {
    if (!existsSync(this.path)) return [];
    const named = this.#namedOrNull();
    const place = ({ folder, record }: KeptRun): readonly [number, string] => [
      record?.nth ?? (record === null && folder.id === named ? Number.POSITIVE_INFINITY : 0),
      record?.startedAt.replace(/[-:]/g, "").replace("T", "t") ?? folder.id,
    ];
    return this.#names()
      .map((id) => new RunFolder(this.path, id))
      .map(readKept)
      .map((one) => ({ one, place: place(one) }))
      .sort(({ place: a }, { place: b }) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] - b[0]))
      .map(({ one }) => one);
  }

  /** Ids of runs that were set aside, whose traces in the target are theirs still. */
  setAside(): string[] {
    if (!existsSync(this.path)) return [];
    return onDisk(this.path, () => readdirSync(this.path)).flatMap((name) => /^(.+)\.lost$/.exec(name)?.[1] ?? []);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    if (existsSync(this.#root) && readdirSync(this.#root).every((name) => name === ".gitignore"))
      rmSync(this.#root, { recursive: true, force: true });
  }

  #names(): string[] {
    return onDisk(this.path, () => readdirSync(this.path, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && !/\.(gone|lost|new)$/.test(entry.name))
      .map(({ name }) => name)
      .filter((name) => isRun(join(this.path, name), name));
  }

  #namedOrNull(): string | null {
    try {
      return this.named();
    } catch {
      return null;
    }
  }
}

/** A run that lost its record is one still; a folder of its name without anything in it never was. */
function isRun(path: string, name: string): boolean {
  if (lstatSync(join(path, "run.json"), { throwIfNoEntry: false }) !== undefined) return true;
  return /^\d{8}t\d{6}_[0-9a-f]{4}$/.test(name) && readdirSync(path).length > 0;
}

function readKept(folder: RunFolder): KeptRun {
  try {
    return { folder, record: folder.record, problem: null };
  } catch (problem) {
    return { folder, record: null, problem };
  }
}
