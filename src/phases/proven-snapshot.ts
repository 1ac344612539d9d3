/** Takes a snapshot and checks its proof: a source other than a SQLite file is read twice. */

import type { Emit } from "../core/events.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { SnapshotInfo, Source } from "../core/ports.ts";

/** Throws VALIDATION_FAILED when the source, read again by another path, says something else than the snapshot. */
export async function provenSnapshot(
  source: Source,
  path: string,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<SnapshotInfo> {
  const item = "snapshot";
  emit({ type: "expect", phase: "snapshot", item, total: 0, done: 0, unit: "pages" });
  const info = await source.snapshot(
    path,
    (done, total) => emit({ type: "progress", phase: "snapshot", item, done, total, unit: "pages" }),
    signal,
  );
  const { proof } = info;
  if (proof === undefined) return info;
  for (const finding of proof.findings.slice(0, 50)) {
    if (finding.level === "note") emit({ type: "notice", level: "info", message: finding.message });
    else emit({ type: "finding", finding });
  }
  if (proof.passed) return info;
  throw new RowhaulError("VALIDATION_FAILED", `The snapshot is not what ${source.shown} holds: ${proof.summary}.`, {
    hint: "Run the same command again while nothing writes to the source; if it says so again, please report it.",
    details: proof.findings.slice(0, 5).map(({ table, message }) => `${table} ${message}`),
  });
}
