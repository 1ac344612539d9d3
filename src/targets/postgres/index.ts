/** A schema of PostgreSQL, on a server or an embedded one: all that a run needs of it. */
import type { Emit } from "../../core/events.ts";
import { cleanedUpAwaited } from "../../core/messages/clean-up.ts";
import type { TargetParts } from "../../core/ports.ts";
import type { SchemaTarget, Settings } from "../../core/settings.ts";
import type { Planner } from "../../plan/planned.ts";
import { makePlan } from "../../plan/to-postgres/make-plan.ts";
import { installFor } from "../../search/install-for.ts";
import { postgresProof } from "./prove.ts";
import { postgresQueries } from "./queries.ts";
import { postgresTarget } from "./target.ts";

/** `embedded`: where an embedded server lives. The caller closes the target. */
export async function open(
  settings: Settings,
  to: SchemaTarget,
  emit: Emit,
  signal: AbortSignal,
  embedded: "kept" | "temporary",
): Promise<TargetParts & { readonly planner: Planner }> {
  const { target, pool } =
    to.kind === "postgres"
      ? postgresTarget(to, to.url, settings.concurrency, { signal })
      : await openEmbedded(settings, to, emit, signal, embedded);
  return {
    target,
    planner: (input) => makePlan({ ...input, settings: { ...input.settings, target: to } }),
    installSearch: installFor,
    ...postgresProof(pool, to.state),
    queries: postgresQueries(pool, to.schema, to.state),
  };
}

async function openEmbedded(
  settings: Settings,
  to: SchemaTarget,
  emit: Emit,
  signal: AbortSignal,
  embedded: "kept" | "temporary",
): Promise<ReturnType<typeof postgresTarget>> {
  emit({ type: "notice", level: "info", message: "Starting the embedded PostgreSQL …" });
  const { embeddedDirectory, startEmbedded } = await import("../../embedded/index.ts");
  const server = await startEmbedded({
    directory: embedded === "temporary" ? "temporary" : embeddedDirectory(settings.folder),
  });
  // A server that was running before keeps running.
  const after = async (): Promise<void> => {
    if (!server.alreadyRunning) await server.stop();
  };
  try {
    return postgresTarget(to, server.url, settings.concurrency, { signal, after });
  } catch (thrown) {
    throw await cleanedUpAwaited(thrown, after);
  }
}
