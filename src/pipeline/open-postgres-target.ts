/** A schema of PostgreSQL, on a server or an embedded one, as the phases' target. */
import type { Emit } from "../core/events.ts";
import type { Settings } from "../core/settings.ts";
import { makePlan } from "../plan/to-postgres/make-plan.ts";
import { postgresTarget } from "../targets/postgres/target.ts";
import type { OpenedTarget } from "./opened-target.ts";
import { postgresProof } from "./postgres-proof.ts";
import { postgresQueries } from "./postgres-queries.ts";

/** `embedded`: where an embedded target lives. */
export async function openPostgresTarget(
  settings: Settings,
  emit: Emit,
  embedded: "kept" | "temporary",
): Promise<OpenedTarget> {
  const { target, pool } =
    settings.target.kind === "postgres"
      ? postgresTarget(settings.target, settings.target.url ?? "", settings.concurrency)
      : await openEmbedded(settings, emit, embedded);
  const { prove, measureLive } = postgresProof(pool, settings.target.state);
  return { target, prove, measureLive, planner: makePlan, queries: postgresQueries(pool, settings) };
}

async function openEmbedded(
  settings: Settings,
  emit: Emit,
  embedded: "kept" | "temporary",
): Promise<ReturnType<typeof postgresTarget>> {
  emit({ type: "notice", level: "info", message: "Starting the embedded PostgreSQL …" });
  const { embeddedDirectory, startEmbedded } = await import("../embedded/index.ts");
  const server = await startEmbedded({
    directory: embedded === "temporary" ? "temporary" : embeddedDirectory(settings.folder),
  });
  // One that ran before goes on running.
  return postgresTarget(settings.target, server.url, settings.concurrency, async () => {
    if (!server.alreadyRunning) await server.stop();
  });
}
