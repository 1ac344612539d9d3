/** current.json: which run of the pipeline is the newest. */
import { z } from "zod";
import { fromCopy } from "./damaged.ts";
import type { Format } from "./format.ts";

export const currentFormat: Format<{ readonly run: string }> = {
  schema: z.looseObject({ run: z.string() }),
  upgrades: [],
  remedy: (path) => fromCopy(`Without one, remove ${path}: the newest of the runs beside it then counts.`),
};
