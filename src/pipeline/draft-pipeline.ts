/** `rowhaul init`: what a run would decide about a source, as a pipeline file to begin with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Emit, silent } from "../core/events.ts";
import { provenSnapshot } from "../phases/proven-snapshot.ts";
import { makePlan } from "../plan/make-plan.ts";
import { withFullText } from "../search/catalog.ts";
import { copySettings } from "./copy-settings.ts";
import { draftText } from "./draft.ts";
import { openSource } from "./open-source.ts";

/** Profiles a database and writes the text of a pipeline file for it; nothing is written to disk. */
export async function draftPipeline(
  source: string,
  options: { readonly onEvent?: Emit; readonly signal?: AbortSignal; readonly output?: string | null } = {},
): Promise<{ readonly path: string; readonly text: string }> {
  const settings = copySettings(source, "embedded");
  const name = settings.name.replace(/^copy-/, "");
  const path = resolve(options.output ?? `${name}.yaml`);
  const live = openSource(settings);
  const signal = options.signal ?? new AbortController().signal;
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-init-"));
  try {
    for (const message of await live.check()) options.onEvent?.({ type: "notice", level: "warning", message });
    const emit = options.onEvent ?? silent;
    const snapshot = await provenSnapshot(live, join(folder, "snapshot.db"), { emit, signal });
    const frozen = live.open(snapshot.path);
    try {
      await frozen.checkIntegrity();
      const catalog = withFullText(frozen.catalog(), () => true);
      const requests = catalog.tables.map((table) => ({ table, where: null, kinds: new Map() }));
      const progress = (table: string, done: number, total: number): void =>
        options.onEvent?.({ type: "progress", phase: "profile", item: table, done, total, unit: "rows" });
      const profile = await frozen.profile(catalog, requests, { progress, signal });
      // The target is not known yet: a current one with nothing in the way.
      const target = {
        version: 18,
        encoding: "UTF8",
        role: "",
        database: "",
        mayCreateSchema: true,
        schemaExists: true,
        mayCreateInSchema: true,
        apiRoles: [],
        binaryOrder: true,
      };
      const { plan: made } = makePlan({
        settings: { ...settings, name },
        catalog,
        profile,
        orphans: frozen.orphans(requests),
        target,
        staging: "staging",
        aside: null,
        refused: new Map(),
      });
      return { path, text: draftText(made, settings.source, resolve(path, "..")) };
    } finally {
      frozen.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
