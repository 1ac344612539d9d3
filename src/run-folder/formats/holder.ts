/** at-work.json: the process that is at work on a pipeline's runs. */
import { z } from "zod";
import { type Format, withVersion } from "./format.ts";

export type Holder = {
  readonly pid: number;
  /** See `startTime` in at-work.ts. */
  readonly started: string | null;
  readonly host: string;
};

export const holderFormat: Format<Holder> = {
  schema: z.looseObject({ pid: z.int(), started: z.string().nullable(), host: z.string() }),
  upgrades: [],
  remedy: (path) => `If no rowhaul is at work on these runs, remove ${path}.`,
};

/** In one line: it is compared as a whole. */
export function holderText(holder: Holder): string {
  return JSON.stringify(withVersion(holderFormat, holder));
}
