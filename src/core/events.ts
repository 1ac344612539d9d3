/**
 * Events: how every phase reports. The core never prints; the progress bars, the
 * JSON lines and the report subscribe to the same stream. The shapes are a
 * public contract (docs/events.md): fields are added, never renamed.
 */
import type { Finding, ValidatorResult } from "./finding.ts";
import type { Hazard } from "./plan/plan.ts";

export const phaseNames = [
  "preflight",
  "snapshot",
  "transform",
  "profile",
  "plan",
  "load",
  "finish",
  "validate",
  "cutover",
  "rollback",
] as const;
export type PhaseName = (typeof phaseNames)[number];

export type Event =
  | {
      readonly type: "run";
      readonly run: string;
      readonly pipeline: string;
      readonly source: string;
      readonly target: string;
      readonly resumed: boolean;
    }
  | { readonly type: "phase"; readonly phase: PhaseName; readonly state: "started" }
  | {
      readonly type: "phase";
      readonly phase: PhaseName;
      readonly state: "finished" | "skipped";
      readonly seconds: number;
      readonly summary: string;
    }
  /** One line of preflight's go / no-go list. */
  | {
      readonly type: "check";
      readonly name: string;
      readonly outcome: "ok" | "warning" | "failure";
      readonly message: string;
      /** What to do about it; empty or absent when there is nothing. */
      readonly remedy?: string;
    }
  /** Work ahead in a phase: `total` rows (or pages, steps) of `item`, `done` already there from an earlier try. */
  | {
      readonly type: "expect";
      readonly phase: PhaseName;
      readonly item: string;
      readonly total: number;
      readonly done: number;
      readonly unit: ProgressUnit;
    }
  | {
      readonly type: "progress";
      readonly phase: PhaseName;
      readonly item: string;
      readonly done: number;
      readonly total: number;
      readonly unit: ProgressUnit;
    }
  | { readonly type: "hazard"; readonly hazard: Hazard }
  | { readonly type: "finding"; readonly finding: Finding }
  | { readonly type: "validated"; readonly result: ValidatorResult }
  | { readonly type: "notice"; readonly level: "info" | "warning"; readonly message: string }
  | {
      readonly type: "error";
      readonly code: string;
      readonly message: string;
      readonly place: Readonly<Record<string, string>>;
      readonly details: readonly string[];
      readonly hint: string;
    }
  | { readonly type: "result"; readonly exit: number; readonly outcome: string; readonly run: string | null };

export type ProgressUnit = "rows" | "pages" | "steps";

/** Subscribers must not throw and must not block. */
export type Emit = (event: Event) => void;

export const silent: Emit = () => {};
