/** A schema of PostgreSQL, on a server or an embedded one, as the phases' target. */
import type { Emit } from "../core/events.ts";
import type { SchemaTarget, Settings } from "../core/settings.ts";
import { makePlan } from "../plan/to-postgres/make-plan.ts";
import { postgresTarget } from "../targets/postgres/target.ts";
import type { OpenedTarget } from "./opened-target.ts";
import { postgresProof } from "./postgres-proof.ts";
import { postgresQueries } from "./postgres-queries.ts";

/** `embedded`: where an embedded target lives. */
export async function openPostgresTarget(
  settings: Settings,
  to: SchemaTarget,
  emit: Emit,
  embedded: "kept" | "temporary",
): Promise<OpenedTarget> {
  const { target, pool } =
    to.kind === "postgres"
      ? postgresTarget(to, to.url, settings.concurrency)
      : await openEmbedded(settings, to, emit, embedded);
  const { prove, measureLive } = postgresProof(pool, to.state);
  return {
    target,
    prove,
    measureLive,
    planner: (input) => makePlan({ ...input, settings: { ...input.settings, target: to } }),
    queries: postgresQueries(pool, to.schema),
  };
}

async function openEmbedded(
  settings: Settings,
  to: SchemaTarget,
  emit: Emit,
  embedded: "kept" | "temporary",
): Promise<ReturnType<typeof postgresTarget>> {
  emit({ type: "notice", level: "info", message: "Starting the embedded PostgreSQL …" });
  const { embeddedDirectory, startEmbedded } = await import("../embedded/index.ts");
  const server = await startEmbedded({
    directory: embedded === "temporary" ? "temporary" : embeddedDirectory(settings.folder),
  });
  // One that ran before goes on running.
  return postgresTarget(to, server.url, settings.concurrency, async () => {
    if (!server.alreadyRunning) await server.stop();
  });
}
