/**
 * The cutover's journal: one JSON line a step, fsynced before the step's effect
 * counts on it. Files and schema cannot switch together; with the journal a
 * crash between any two steps can be undone or completed.
 */
import { existsSync, readFileSync } from "node:fs";
import type { PlannedEdit } from "../core/ports.ts";
import { onDisk } from "../system/disk-error.ts";
import { appendDurably } from "../system/durable-file.ts";

export type JournalStep =
  | { readonly step: "cutover"; readonly edits: readonly PlannedEdit[] }
  | { readonly step: "rollback" }
  | { readonly step: "schema switched" | "files switched" | "healthy" }
  /** Closes the journal: the cutover stands, or everything is as it was before. */
  | { readonly step: "done" | "undone" };

export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  write(step: JournalStep): void {
    const line = `${JSON.stringify({ at: new Date().toISOString(), ...step })}\n`;
    onDisk(this.#path, () => {
      // After a line cut short by a crash, the next one must begin anew.
      const whole = !existsSync(this.#path) || /(^|\n)$/.test(readFileSync(this.#path, "utf8"));
      appendDurably(this.#path, whole ? line : `\n${line}`);
    });
  }

  steps(): JournalStep[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    // A line cut short by a crash was never acted upon.
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalStep];
      } catch {
        return [];
      }
    });
  }

  /** The steps since the last intent, when it was neither done nor undone; else null. */
  open(): JournalStep[] | null {
    const steps = this.steps();
    const last = steps.at(-1)?.step;
    if (last === undefined || last === "done" || last === "undone") return null;
    const start = steps.findLastIndex((step) => step.step === "cutover" || step.step === "rollback");
    return steps.slice(Math.max(0, start));
  }

  /** The edits of the last cutover, to undo them. */
  edits(): readonly PlannedEdit[] {
    const intent = this.steps().findLast((step) => step.step === "cutover");
    return intent?.step === "cutover" ? intent.edits : [];
  }
}
