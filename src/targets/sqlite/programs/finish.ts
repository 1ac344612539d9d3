/** Statements of finish in a process of its own: an index of many rows is built in one call, which nothing but its end interrupts. */
import { checkEnforced } from "../enforced/check-enforced.ts";
import { contentOf } from "../load/full-text-content.ts";
import { completeCopy, finishStep } from "../load/staging.ts";
import { fenced, type Lease } from "../state/lease.ts";

export type FinishOrder = {
  readonly staging: string;
  readonly lease: Lease;
  /** A step with its checkpoint; null = what comes after the last one: triggers, and what the file's tables enforce. */
  readonly step: { readonly id: string; readonly sql: string } | null;
};

export default function finish({ staging, lease, step }: FinishOrder): void {
  if (step === null) checkEnforced(staging, lease.path, completeCopy(staging, contentOf));
  else finishStep(staging, step.id, step.sql, (commit) => fenced(lease, commit));
}
