/** Stops the server of a directory. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { layoutOf } from "../data/layout.ts";
import { realPath } from "../data/places.ts";
import { withLock } from "./lock.ts";
import { runningPostmaster } from "./postmaster.ts";
import { stopProcess } from "./stop-process.ts";

/** Whether there was one running. Its data stays; see remove.ts. */
export async function stopEmbedded(directory: string): Promise<boolean> {
  const layout = layoutOf(realPath(resolve(directory)));
  if (!existsSync(layout.data)) return false;
  return withLock(layout, async () => {
    const postmaster = runningPostmaster(layout.data);
    if (postmaster !== null) await stopProcess(postmaster.pid, layout.data);
    return postmaster !== null;
  });
}
