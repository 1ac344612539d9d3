/** current.json: which run of the pipeline is the newest. */
import { z } from "zod";
import { fromCopy } from "./damaged.ts";
import type { Format } from "./format.ts";

export const currentFormat: Format<{ readonly run: string }> = {
  // It becomes a part of a path.
  schema: z.looseObject({ run: z.string().regex(/^[\w-]+$/, "is no run") }),
  upgrades: [],
  remedy: (path) => fromCopy(`Without one, remove ${path}: the newest of the runs beside it then counts.`),
};
