/** at-work.json: the process that is at work on a pipeline's runs. */
import { z } from "zod";
import type { ProcessIdentity } from "../../system/process.ts";
import { type Format, withVersion } from "./format.ts";

export const holderFormat: Format<ProcessIdentity> = {
  schema: z.looseObject({
    pid: z.int(),
    started: z.string().nullable(),
    host: z.string(),
    boot: z.string().nullable().optional(),
    pids: z.string().nullable().optional(),
  }),
  upgrades: [],
  remedy: (path) =>
    `If no rowhaul is at work on these runs, remove ${path}; or start over: \`rowhaul run <pipeline> --fresh\`.`,
};

/** In one line: it is compared as a whole. */
export function holderText(holder: ProcessIdentity & { readonly claim: number }): string {
  return JSON.stringify(withVersion(holderFormat, holder));
}
