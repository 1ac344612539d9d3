/** Asks whether the server of a directory runs, without touching it. */
import { resolve } from "node:path";
import { layoutOf } from "../data/layout.ts";
import { realPath } from "../data/places.ts";
import { readState, urlOf } from "../data/state.ts";
import { runningPostmaster } from "./postmaster.ts";

export type EmbeddedStatus = {
  readonly running: boolean;
  readonly pid: number | null;
  readonly port: number | null;
  /** Holds the password. Null unless running. */
  readonly url: string | null;
};

export async function embeddedStatus(directory: string): Promise<EmbeddedStatus> {
  const layout = layoutOf(realPath(resolve(directory)));
  const state = readState(layout);
  const postmaster = runningPostmaster(layout.data);
  if (postmaster === null) return { running: false, pid: null, port: state?.port ?? null, url: null };
  const port = postmaster.port ?? state?.port ?? null;
  const url = state === null || port === null ? null : urlOf({ ...state, port });
  return { running: true, pid: postmaster.pid, port, url };
}
