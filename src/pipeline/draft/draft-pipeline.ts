/** `rowhaul init`: what a run would decide about a source, as a pipeline file to begin with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Emit, silent } from "../../core/events.ts";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { TargetFacts } from "../../core/plan/target-facts.ts";
import type { JsonSettings, SchemaTarget, Settings } from "../../core/settings.ts";
import { warnOfStale } from "../../phases/indexes-anew.ts";
import { examineTarget } from "../../phases/plan.ts";
import type { Profiled } from "../../phases/profile.ts";
import { provenSnapshot } from "../../phases/proven-snapshot.ts";
import { readableTables } from "../../phases/readable-tables.ts";
import type { PlanInput } from "../../plan/context.ts";
import { makePlan } from "../../plan/to-postgres/make-plan.ts";
import { withFullText } from "../../search/catalog.ts";
import { postgresTarget } from "../../targets/postgres/target.ts";
import { copySettings } from "../file/copy-settings.ts";
import { pathAt } from "../file/path-at.ts";
import { openSource } from "../open-source.ts";
import { refuseSamePlace } from "../same-place.ts";
import { selectionOf } from "../selection.ts";
import { draftText } from "./draft.ts";
import { proposeModes, withModes } from "./draft-modes.ts";
import type { ProposedMode } from "./proposed-mode.ts";

export type Draft = {
  /** Absolute path of the file. */
  readonly path: string;
  /** YAML, with what was found as comments. */
  readonly text: string;
  /** How rows go into tables that the target has, by source table. */
  readonly modes: ReadonlyMap<string, ProposedMode>;
};

export type DraftOptions = {
  readonly onEvent?: Emit;
  readonly signal?: AbortSignal;
  readonly output?: string | null;
  /** URL of a PostgreSQL server whose tables are examined; its password does not come into the file. */
  readonly target?: string | null;
  readonly schema?: string | null;
  /** Of a JSON source: fields that are missing in some rows and null in others. */
  readonly missing?: JsonSettings["missing"];
};

/** Profiles a database and writes the text of a pipeline file for it; nothing is written to disk. */
export async function draftPipeline(source: string, options: DraftOptions = {}): Promise<Draft> {
  const settings = settingsFor(source, options);
  const name = settings.name.replace(/^copy-/, "");
  const path = pathAt(options.output ?? `${name}.yaml`);
  const from = await openSource(settings);
  const signal = options.signal ?? new AbortController().signal;
  const emit = options.onEvent ?? silent;
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-init-"));
  const opened =
    settings.target.kind === "postgres"
      ? postgresTarget(settings.target, settings.target.url, settings.concurrency, { signal })
      : null;
  return cleaningUp(
    async () => {
      // A server that cannot be reached is no reason to read a large file first.
      const facts = opened === null ? currentTarget : await opened.target.facts();
      for (const message of await from.check()) options.onEvent?.({ type: "notice", level: "warning", message });
      const snapshot = await provenSnapshot(from, join(folder, "snapshot.db"), { emit, signal });
      const frozen = from.open(snapshot.path);
      try {
        warnOfStale({ parts: { source: from }, emit }, await frozen.checkIntegrity(signal));
        const catalog = withFullText(frozen.catalog(), () => true);
        const requests = readableTables(catalog, () => true).map((table) => ({ table, where: null, kinds: new Map() }));
        const progress = (table: string, done: number, total: number): void =>
          options.onEvent?.({ type: "progress", phase: "profile", item: table, done, total, unit: "rows" });
        const profiled: Profiled = {
          catalog,
          selection: selectionOf(settings),
          profile: await frozen.profile(catalog, requests, { progress, signal }),
          overflows: await frozen.tryQueries(catalog, requests, signal),
          orphans: await frozen.orphans(requests, signal),
          brokenChecks: await frozen.brokenChecks(catalog.dialect === "postgres" ? [] : requests, signal),
          frozen: () => from.open(snapshot.path),
        };
        const named = { ...settings, name };
        const { planned, modes } = await lookInto(opened, { settings: named, emit, signal }, profiled);
        const { plan: made } = makePlan({
          ...planned,
          settings: { ...planned.settings, target: settings.target },
          catalog,
          profile: profiled.profile,
          orphans: profiled.orphans,
          brokenChecks: profiled.brokenChecks,
          overflows: profiled.overflows,
          target: facts,
          staging: "staging",
          aside: null,
          refused: new Map(),
        });
        return { path, text: draftText(made, settings, resolve(path, ".."), modes), modes };
      } finally {
        frozen.close();
      }
    },
    () => opened?.target.close(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
}

function settingsFor(source: string, options: DraftOptions): ServerSettings {
  const { target = null, schema = null, missing } = options;
  if (target === null && schema !== null)
    throw new RowhaulError("USAGE", "--schema is the target's, and no target is given.", {
      hint: "Give the target's URL behind the source; a PostgreSQL source names its schema itself, by ?schema=….",
    });
  const sourceOptions = missing === undefined ? {} : { missing };
  if (target === null) return requireServer(copySettings(source, "embedded", sourceOptions));
  const settings = copySettings(source, target, {
    existing: "append",
    ...(schema === null ? {} : { schema }),
    ...sourceOptions,
  });
  if (settings.target.kind === "embedded") throw notAServer();
  refuseSamePlace(settings);
  return requireServer(settings);
}

type ServerSettings = Settings & { readonly target: SchemaTarget };

function requireServer(settings: Settings): ServerSettings {
  const { target } = settings;
  if (target.kind === "sqlite") throw notAServer();
  return { ...settings, target };
}

function notAServer(): RowhaulError {
  return new RowhaulError("USAGE", "Only a PostgreSQL server's tables are looked at.", {
    hint: "Give its URL, postgres://user@host:5432/database, or leave the target out.",
  });
}

/** Without a target it is not known yet: a current one with nothing in the way. */
const currentTarget: TargetFacts = {
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

type Looking = { readonly settings: Settings; readonly emit: Emit; readonly signal: AbortSignal };

/** What the plan is to know of the tables that the application has made in the target. */
async function lookInto(
  opened: ReturnType<typeof postgresTarget> | null,
  looking: Looking,
  profiled: Profiled,
): Promise<{ readonly planned: Pick<PlanInput, "settings" | "selection" | "into">; readonly modes: Draft["modes"] }> {
  const { settings } = looking;
  const { selection } = profiled;
  const asked = opened === null ? null : { ...looking, parts: opened };
  const into = asked === null ? undefined : (await examineTarget(asked, profiled)).into;
  if (opened === null || asked === null || into === undefined)
    return { planned: { settings, selection }, modes: new Map() };
  const modes = await proposeModes(opened.pool, { settings, selection }, profiled, into);
  if (modes.size === 0) return { planned: { settings, selection }, modes };
  const chosen = withModes(settings, profiled.catalog, modes);
  // Another mode has other questions.
  const same = [...modes.values()].every(({ mode }) => mode === settings.target.existing);
  const then = { ...profiled, selection: selectionOf(chosen) };
  const again = same ? { into } : await examineTarget({ ...asked, settings: chosen }, then);
  return { planned: { settings: chosen, selection: then.selection, ...again }, modes };
}
