/** What was measured on the way: seconds.json, of each phase, and baseline.json, of the environment's queries. */
import { z } from "zod";
import type { PhaseName } from "../../core/events.ts";
import { fromCopy } from "./damaged.ts";
import type { Format } from "./format.ts";

const remedy = (path: string): string => fromCopy(`Without one, remove ${path}: it only holds measurements.`);

export const secondsFormat: Format<Readonly<Partial<Record<PhaseName, number>>>> = {
  schema: z.record(z.string(), z.number()),
  upgrades: [],
  remedy,
};

type Baseline = {
  readonly asked: readonly { readonly name: string; readonly source: string }[];
  readonly measured: readonly (
    | { readonly name: string; readonly rows: number; readonly medianMs: number }
    | { readonly name: string; readonly error: string }
  )[];
};

export const baselineFormat: Format<Baseline> = {
  schema: z.looseObject({
    asked: z.array(z.looseObject({ name: z.string(), source: z.string() })),
    measured: z.array(
      z.union([
        z.looseObject({ name: z.string(), rows: z.number(), medianMs: z.number() }),
        z.looseObject({ name: z.string(), error: z.string() }),
      ]),
    ),
  }),
  upgrades: [],
  remedy,
};
