/** The directory a server lives in: made if need be, and open to the account that runs the server. */
import { resolve } from "node:path";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { closedParent, makeOpenDirectory, refuseForeign } from "../data/open-directory.ts";
import { realPath, statePlace } from "../data/places.ts";
import type { Account } from "./account.ts";
import { program } from "./binaries.ts";
import { runCommand } from "./command.ts";

export function makeDirectory(directory: string): string {
  try {
    makeOpenDirectory(directory);
  } catch (error) {
    throw new RowhaulError("EMBEDDED_FAILED", `${resolve(directory)} could not be created.`, {
      details: [messageOf(error)],
      hint: "Check its parent's permissions, or set XDG_STATE_HOME to a folder of yours.",
      cause: error,
    });
  }
  const path = realPath(resolve(directory));
  if (path.startsWith(`${statePlace()}/`)) refuseForeign(statePlace());
  return path;
}

/** Tried, not computed: permission bits do not tell all. postgres looks for its settings there, finds none, and says why. */
export async function requireReachable(directory: string, bin: string, account: Account | null): Promise<void> {
  if (account === null) return;
  const { output } = await runCommand(program(bin, "postgres"), ["-D", directory, "-C", "port"], account, "/");
  if (!output.includes("Permission denied")) return;
  const closed = closedParent(directory, account) ?? directory;
  throw new RowhaulError(
    "EMBEDDED_FAILED",
    `PostgreSQL would run as the user ${account.name}, who cannot enter ${closed}.`,
    {
      details: ["PostgreSQL refuses to run as root, so root lends it to another user."],
      hint: "Name a directory that every user can pass through, or run rowhaul as an ordinary user.",
    },
  );
}
