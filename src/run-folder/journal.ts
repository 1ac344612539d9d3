/**
 * The cutover's journal: one JSON line a step, fsynced before the step's effect
 * counts on it. Files and schema cannot switch together; with the journal a
 * crash between any two steps can be undone or completed.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { RowhaulError } from "../core/messages/errors.ts";
import type { CommitMark } from "../core/plan/live.ts";
import type { PlannedEdit } from "../core/ports.ts";
import { onDisk } from "../system/disk-error.ts";
import { appendDurably, cutShort } from "../system/durable-file.ts";
import { damagedJournal, type JournalStep, journalRemedy, lineOf, readLine } from "./formats/journal-line.ts";
import { unreadable } from "./write-file.ts";

export type { JournalStep } from "./formats/journal-line.ts";

export class Journal {
  readonly #path: string;
  /** The folder has its name. */
  readonly #run: string;

  constructor(path: string) {
    this.#path = path;
    this.#run = basename(dirname(path));
  }

  write(step: JournalStep): void {
    onDisk(this.#path, () => append(this.#path, `${lineOf(step, this.#run, new Date())}\n`));
  }

  /** Throws RUN_FILE_DAMAGED for anything but steps, and what a crash leaves of one; STATE_NEWER. */
  steps(): JournalStep[] {
    const lines = this.#text().split("\n");
    const steps: JournalStep[] = [];
    /** Number of a line that is no JSON. */
    let broken: number | null = null;
    for (const [index, text] of lines.entries()) {
      if (text === "") continue;
      const value = parsed(text);
      if (value === undefined) {
        // What a crash cut short was never acted upon; only the last line can be.
        const cut = index === lines.length - 1;
        if (!cut && (broken !== null || !text.startsWith("{"))) throw this.#damaged(index + 1);
        if (!cut) broken = index + 1;
        continue;
      }
      const { step, numbered, run } = readLine(this.#path, index + 1, value);
      if (run !== null && run !== this.#run) throw damagedJournal(this.#path, `line ${index + 1} is of run ${run}`);
      // Before there were versions, a line that a crash had cut short stayed when the next one was written.
      if (broken !== null && numbered) throw this.#damaged(broken);
      broken = null;
      if (steps.length === 0 && !isIntent(step))
        throw damagedJournal(this.#path, `its first step is "${step.step}", so that its beginning is lost`);
      steps.push(step);
    }
    if (broken !== null) throw this.#damaged(broken);
    return steps;
  }

  /** The steps since the last intent, when it was neither done nor undone; else null. */
  open(): JournalStep[] | null {
    const steps = this.steps();
    const last = steps.at(-1)?.step;
    if (last === undefined || last === "done" || last === "undone") return null;
    return steps.slice(steps.findLastIndex(isIntent));
  }

  /** The edits of the last cutover, to undo them. */
  edits(): readonly PlannedEdit[] {
    const intent = this.steps().findLast((step) => step.step === "cutover");
    return intent?.step === "cutover" ? intent.edits : [];
  }

  /** The newest transaction of an open journal that was about to be committed. */
  pending(): CommitMark | null {
    const step = this.open()?.findLast((one) => one.step === "committing");
    return step?.step === "committing" ? step.transaction : null;
  }

  #text(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (thrown) {
      if ((thrown as { code?: string }).code === "ENOENT") return "";
      throw unreadable(this.#path, thrown, journalRemedy(this.#path));
    }
  }

  #damaged(line: number): RowhaulError {
    return damagedJournal(this.#path, `line ${line} is not JSON`);
  }
}

function isIntent({ step }: JournalStep): boolean {
  return step === "cutover" || step === "rollback";
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Takes away what a crash left of a line, so that whatever is in the middle of a journal was written whole. */
function append(path: string, line: string): void {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = bytes.lastIndexOf("\n") + 1;
  const rest = bytes.subarray(whole).toString("utf8");
  // All of a line but its end: it counts as written.
  const unended = rest !== "" && parsed(rest) !== undefined;
  if (rest !== "" && !unended) cutShort(path, whole);
  appendDurably(path, unended ? `\n${line}` : line);
}
