/** Sees to the data directory of a server: makes it at the first start, checks it at the later ones. */
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { freePort } from "../port.ts";
import type { Account } from "../programs/account.ts";
import { binariesVersion, dataVersion, initData } from "./initdb.ts";
import { type Layout, unfinished } from "./layout.ts";
import { type ServerState, writeState } from "./state.ts";

export type DataOptions = {
  bin: string;
  account: Account | null;
  durable: boolean;
  kept: ServerState | null;
  port: number | undefined;
  database: string | undefined;
};

/** Makes the data directory unless it is there; returns what it is reached with. */
export async function ensureData(
  layout: Layout,
  { bin, account, durable, kept, port, database }: DataOptions,
): Promise<ServerState> {
  removeUnfinished(layout);
  if (statSync(layout.data, { throwIfNoEntry: false })) {
    await requireUsable(layout, bin, account);
    if (kept !== null) return kept;
    throw new RowhaulError(
      "EMBEDDED_FAILED",
      `${layout.data} has data, but ${layout.state} with its password is missing.`,
      {
        hint: "Restore that file, or name another directory.",
      },
    );
  }
  const state: ServerState = {
    version: 1,
    port: port ?? (await freePort()),
    user: "postgres",
    password: randomBytes(18).toString("hex"),
    database: database ?? "rowhaul",
  };
  // before the data: data without its password would be lost
  writeState(layout, state);
  const draft = makeDraft(layout, account);
  await initData(layout, draft, { bin, account, user: state.user, password: state.password, durable });
  return state;
}

function makeDraft(layout: Layout, account: Account | null): string {
  const draft = join(layout.directory, `${unfinished.data}${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  if (account !== null) chownSync(draft, account.uid, account.gid);
  return draft;
}

async function requireUsable(layout: Layout, bin: string, account: Account | null): Promise<void> {
  const data = dataVersion(layout.data);
  const programs = (await binariesVersion(bin, account)).split(".")[0];
  if (data === programs) return;
  const what =
    data === null ? "is not a PostgreSQL data directory" : `was made by PostgreSQL ${data}, this is ${programs}`;
  throw new RowhaulError("EMBEDDED_FAILED", `${layout.data} ${what}.`, { hint: "Name another directory." });
}

/** What a start that was killed has left. */
function removeUnfinished(layout: Layout): void {
  const beginnings = [unfinished.data, unfinished.passwordFile, unfinished.state];
  for (const name of readdirSync(layout.directory)) {
    if (beginnings.some((b) => name.startsWith(b)))
      rmSync(join(layout.directory, name), { recursive: true, force: true });
  }
}
