/** The composition root: settings → the concrete parts of a run. The only place that knows every store. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readConfig } from "../app-config/edit.ts";
import { applyEdit, checkUndo, planFileEdits, undoEdit } from "../app-config/files.ts";
import type { Emit } from "../core/events.ts";
import type { ValidatorResult } from "../core/finding.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { intoMode } from "../core/plan/into-mode.ts";
import type { AppFiles, CopySearch, MeasureLive, Parts, Proof, Target, TargetQueries } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { embeddedDirectory, startEmbedded } from "../embedded/index.ts";
import type { Context } from "../phases/context.ts";
import { makePlan } from "../plan/to-postgres/make-plan.ts";
import { makeSqlitePlan } from "../plan/to-sqlite/make-sqlite-plan.ts";
import { parseTarget } from "../postgres/url.ts";
import { RunHome } from "../run-folder/run-folder.ts";
import { copyIndexes } from "../search/copy/copy-indexes.ts";
import { installFor } from "../search/install-for.ts";
import { postgresTarget } from "../targets/postgres/target.ts";
import { keptFile } from "../targets/sqlite/switch/places.ts";
import { sqliteFileOf, sqliteTarget } from "../targets/sqlite/target.ts";
import { sqliteValidators } from "../validators/sqlite/registry.ts";
import { openSource, settingsAfterSource } from "./open-source.ts";
import { openTransforms } from "./open-transforms.ts";
import { postgresProof } from "./postgres-proof.ts";
import { postgresQueries, sqliteQueries } from "./target-queries.ts";

export type Composed = { readonly context: Context; close(): Promise<void> };

/** `embedded`: where an embedded target lives; `temporary` for rehearsals. */
export async function compose(
  settings: Settings,
  emit: Emit,
  signal: AbortSignal,
  embedded: "kept" | "temporary" = "kept",
): Promise<Composed> {
  refuseSamePlace(settings);
  const source = openSource(settings);
  const { target, prove, measureLive, planner, queries } = await openTarget(settings, emit, embedded);
  const parts: Parts = {
    source,
    transforms: openTransforms(settingsAfterSource(settings)),
    target,
    copySearch,
    installSearch: settings.target.kind === "sqlite" ? () => [] : installFor,
    files: appFiles,
    prove,
    measureLive,
    queries,
  };
  return {
    context: { settings: settingsAfterSource(settings), planner, parts, home: homeOf(settings), emit, signal },
    close: () => target.close(),
  };
}

/** Nothing can be moved into itself. */
export function refuseSamePlace({ source, target }: Settings): void {
  const hint = "Name another target: what is moved is there already.";
  if (source.kind !== "postgres") {
    if (target.path !== null && isSameFile(source.path, target.path))
      throw new RowhaulError("USAGE", `${source.path} is both source and target.`, { hint });
    return;
  }
  if (target.url === null || source.schema !== target.schema) return;
  const [from, to] = [parseTarget(source.url), parseTarget(target.url)];
  if (from.shown === to.shown)
    throw new RowhaulError("USAGE", `Schema ${source.schema} of ${from.shown} is both source and target.`, { hint });
}

/** Also by a link or under another name. */
function isSameFile(a: string, b: string): boolean {
  if (a === b) return true;
  if (!existsSync(a) || !existsSync(b)) return false;
  const [one, other] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}

type Opened = {
  readonly target: Target;
  readonly prove: Proof;
  readonly measureLive: MeasureLive;
  readonly planner: typeof makePlan;
  readonly queries: TargetQueries;
};

async function openTarget(settings: Settings, emit: Emit, embedded: "kept" | "temporary"): Promise<Opened> {
  const { kind, path, existing } = settings.target;
  if (kind === "sqlite") {
    const target = sqliteTarget({ path: path ?? "", existing });
    return {
      target,
      prove: fileProof(settings),
      // The whole file is built aside; nothing in it is measured before.
      measureLive: async () => new Map(),
      planner: makeSqlitePlan,
      queries: sqliteQueries(path ?? ""),
    };
  }
  const opened =
    kind === "postgres"
      ? postgresTarget(settings.target, settings.target.url ?? "")
      : await openEmbedded(settings, emit, embedded);
  const { target, pool } = opened;
  const { prove, measureLive } = postgresProof(pool, settings.target.state);
  return { target, prove, measureLive, planner: makePlan, queries: postgresQueries(pool, settings) };
}

async function openEmbedded(
  settings: Settings,
  emit: Emit,
  embedded: "kept" | "temporary",
): Promise<ReturnType<typeof postgresTarget>> {
  emit({ type: "notice", level: "info", message: "Starting the embedded PostgreSQL …" });
  const server = await startEmbedded({
    directory: embedded === "temporary" ? "temporary" : embeddedDirectory(settings.folder),
  });
  // One that ran before goes on running.
  return postgresTarget(settings.target, server.url, async () => {
    if (!server.alreadyRunning) await server.stop();
  });
}

/** Runs into another target, or in another environment, are other runs. An embedded server's port may change; it is still the same one. */
export function homeOf(settings: Settings): RunHome {
  const { kind, path, url } = settings.target;
  const where = kind === "embedded" ? "embedded" : (path ?? parseTarget(url ?? "").shown);
  // What was checked in one environment was not checked in another.
  const { name } = settings.environment;
  const environment = name === null ? "" : `\0${name}`;
  const hash = createHash("sha256")
    .update(`${where}\0${settings.target.schema}${environment}`)
    .digest("hex")
    .slice(0, 8);
  return new RunHome(settings.folder, `${settings.name}-${hash}`);
}

const appFiles: AppFiles = {
  plan: (edits) => planFileEdits(edits),
  apply: (planned, edits) => {
    applyEdit(planned, edits);
  },
  undo: (planned) => {
    undoEdit(planned);
  },
  checkUndo,
  added(edits) {
    return edits.flatMap(({ path, set }) => {
      const there = readConfig(path, readFileSync(path, "utf8"));
      const known = [...there.keys()];
      const isNew = (key: string): boolean => !there.has(key) && !known.some((one) => one.startsWith(`${key}.`));
      return Object.keys(set)
        .filter(isNew)
        .map((key) => `${path} has no setting "${key}"; it will be added`);
    });
  },
  environment(paths) {
    const settings: Record<string, string> = {};
    for (const path of paths) {
      if (!/(^|[/\\])[^/\\]*\.env(\.[^/\\]*)?$/.test(path)) continue;
      for (const [name, value] of readConfig(path, readFileSync(path, "utf8"))) settings[name] = String(value ?? "");
    }
    return settings;
  },
};

const copySearch: CopySearch = async ({ tables, copied, ...request }) => {
  const indexes = tables.map(({ source, fullText }) => ({
    name: source,
    columns: (fullText?.columns ?? []).map((column) => ({ name: column.source, indexed: column.indexed })),
  }));
  await copyIndexes({ ...request, scratch: copied, indexes });
};

function fileProof({ target }: Settings): Proof {
  return async ({ wanted, run, plan, schema, live: _, ...input }) => {
    const file = sqliteFileOf(target.path ?? "", run, plan, schema);
    const copied = intoMode(target.existing) !== null;
    const contains = copied && target.existing !== "replace";
    const live = schema === plan.target.staging ? (target.path ?? "") : keptFile(target.path ?? "", run);
    const before = copied && existsSync(live) ? { before: live } : {};
    const alone = schema === plan.target.staging;
    const more = { file, contains, ...before, copied, alone };
    const results: ValidatorResult[] = [];
    for (const [name, validator] of Object.entries(sqliteValidators))
      if (wanted.some((one) => one === name)) results.push(await validator({ ...input, plan, ...more }));
    return results;
  };
}
