/** What lies where in the directory of an embedded server. */
import { join } from "node:path";

export type Layout = {
  readonly directory: string;
  /** PostgreSQL's own data directory, owned by the account that runs the server. */
  readonly data: string;
  /** Port and password. */
  readonly state: string;
  readonly log: string;
  /** Held while a process starts or stops the server. */
  readonly lock: string;
  /** Temporary servers only: the process the server lives for. */
  readonly owner: string;
};

export function layoutOf(directory: string): Layout {
  return {
    directory,
    data: join(directory, "data"),
    state: join(directory, "state.json"),
    log: join(directory, "server.log"),
    lock: join(directory, "lock"),
    owner: join(directory, "owner.json"),
  };
}

/** Beginnings of the names of files that exist only while being written. */
export const unfinished = { data: "data.new-", passwordFile: "password-", state: "state.json.new-", lock: "lock.new-" };
