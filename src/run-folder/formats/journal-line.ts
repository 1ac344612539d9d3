/**
 * One line of the cutover's journal. Nothing but what rowhaul writes is taken: what is undone or completed after a
 * crash is decided from these lines alone.
 */
import { dirname } from "node:path";
import { z } from "zod";
import type { RowhaulError } from "../../core/messages/errors.ts";
import type { CommitMark } from "../../core/plan/live.ts";
import type { PlannedEdit } from "../../core/ports.ts";
import { damaged, fromCopy, whatIsWrong } from "./damaged.ts";
import { checkedVersion } from "./format.ts";

export type JournalStep =
  | { readonly step: "cutover"; readonly edits: readonly PlannedEdit[] }
  | { readonly step: "rollback" }
  /** About to be committed on a server, which may carry it out after the process that asked for it is gone. */
  | { readonly step: "committing"; readonly transaction: CommitMark }
  | { readonly step: "schema switched" | "files switched" | "healthy" }
  /** Closes the journal: the cutover stands, or everything is as it was before. */
  | { readonly step: "done" | "undone" };

/** Of each line; one without the field was written before there were versions, in the same shape. */
const version = 2;

const edit = z.strictObject({
  file: z.string(),
  paths: z.array(z.string()),
  backup: z.string(),
  before: z.string(),
  after: z.string(),
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
});
const mark = z.strictObject({ pid: z.int(), started: z.string(), transaction: z.string() });
const at = z.iso.datetime();
/** Of the lines from version 2 on: a journal that got into another run's folder must not undo that run. */
const run = z.string().optional();
const line = z.discriminatedUnion("step", [
  z.strictObject({ at, run, step: z.literal("cutover"), edits: z.array(edit) }),
  z.strictObject({ at, run, step: z.literal("committing"), transaction: mark }),
  z.strictObject({
    at,
    run,
    step: z.enum(["rollback", "schema switched", "files switched", "healthy", "done", "undone"]),
  }),
]);

export function lineOf(step: JournalStep, run: string, now: Date): string {
  return JSON.stringify({ version, at: now.toISOString(), run, ...step });
}

/** `nth`: its number in the file. `numbered`: it says its version. Throws RUN_FILE_DAMAGED, STATE_NEWER. */
export function readLine(
  path: string,
  nth: number,
  value: unknown,
): { readonly step: JournalStep; readonly numbered: boolean; readonly run: string | null } {
  const where = `line ${nth}`;
  if (typeof value !== "object" || value === null) throw damagedJournal(path, `${where} holds no step`);
  const { version: found, ...fields } = value as Readonly<Record<string, unknown>>;
  checkedVersion(path, found, version, journalRemedy(path));
  const result = line.safeParse(fields);
  if (!result.success) throw damagedJournal(path, `${where}: ${whatIsWrong(result.error)}`);
  const { at: _, run: of = null, ...step } = result.data;
  return { step, numbered: found !== undefined, run: of };
}

export function damagedJournal(path: string, why: string): RowhaulError {
  return damaged(path, why, journalRemedy(path));
}

export function journalRemedy(path: string): string {
  return fromCopy(
    `Without one, nothing says how far the switch came: see what the application's files and the target hold, and put them right by hand; then start over: \`rowhaul run <pipeline> --fresh\`. What is left of the run stays in ${dirname(dirname(path))}.`,
  );
}
