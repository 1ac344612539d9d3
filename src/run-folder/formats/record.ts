/** run.json: how far a run has come, and on what. */
import { dirname } from "node:path";
import { z } from "zod";
import type { ValidatorResult } from "../../core/finding.ts";
import { intoModes } from "../../core/plan/into-mode.ts";
import type { SnapshotInfo } from "../../core/ports.ts";
import { type RunStage, runStages } from "../../core/run-stages.ts";
import type { TargetSettings } from "../../core/settings.ts";
import { fromCopy } from "./damaged.ts";
import type { Format } from "./format.ts";

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
  /** `existing` of the target: what was done with existing tables; absent before the load, and in runs of earlier versions. */
  readonly existing?: TargetSettings["existing"];
  /** The switch was refused, and the pipeline file can answer why: that makes another run, and this one is given up. */
  readonly answersAsked?: true;
  /** Its place among the runs of its pipeline, from 1 on: a clock may be set back. Absent in runs of earlier versions. */
  readonly nth?: number;
  /** It is rolled back, and nobody was told so yet: a rollback that is killed at its end is finished by the next one. */
  readonly untold?: true;
  /** Set before the switch of a run whose environment has seed data; its target knows better whether they are in. */
  readonly seed?: "expected" | "in";
};

const validatorResult = z.looseObject({
  validator: z.enum(["snapshot", "transforms", "counts", "parity", "schema", "search"]),
  passed: z.boolean(),
  checked: z.looseObject({
    rows: z.number().optional(),
    cells: z.number().optional(),
    objects: z.number().optional(),
  }),
  findings: z.array(z.looseObject({ level: z.enum(["difference", "note"]), table: z.string(), message: z.string() })),
  differences: z.number(),
  summary: z.string(),
  seconds: z.number(),
});

const file = { path: z.string(), sha256: z.string(), bytes: z.number() };

export const recordFormat: Format<RunRecord> = {
  schema: z.looseObject({
    id: z.string(),
    pipeline: z.string(),
    startedAt: z.iso.datetime(),
    stage: z.enum([...runStages, "rolled back"]),
    settings: z.string(),
    snapshot: z
      .looseObject({ ...file, fingerprint: z.string(), takenAt: z.string(), proof: validatorResult.optional() })
      .nullable(),
    shaped: z.looseObject(file).nullable(),
    validation: z.array(validatorResult),
    finishedAt: z.iso.datetime().nullable(),
    existing: z.enum(["refuse", "keep-aside", ...intoModes]).optional(),
    answersAsked: z.literal(true).optional(),
    nth: z.int().positive().optional(),
    untold: z.literal(true).optional(),
    seed: z.enum(["expected", "in"]).optional(),
  }),
  upgrades: [],
  remedy: (path) =>
    fromCopy(
      `Without one, start over: \`rowhaul run <pipeline> --fresh\`; the run in ${dirname(path)} can then be neither resumed nor rolled back.`,
    ),
};
