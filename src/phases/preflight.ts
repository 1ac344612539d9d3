/** Preflight: a go / no-go list before anything is copied. Stops with the first failure's error; warnings go on. */
import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { plural } from "../core/count.ts";
import { messageOf, RowhaulError } from "../core/errors.ts";
import type { TargetFacts } from "../core/target-facts.ts";
import { bytesText, type Context, phase } from "./context.ts";
import { fileEdits } from "./cutover.ts";

export async function preflight(context: Context, run: string | null): Promise<TargetFacts> {
  return phase(context, "preflight", async () => {
    const { source, target } = context.parts;
    const check = checker(context);
    await check("source", async () => {
      for (const warning of await source.check())
        context.emit({ type: "check", name: "source", outcome: "warning", message: warning });
      return `${source.shown}, ${bytesText(await source.bytes())}`;
    });
    const facts = await check("target", async () => {
      const found = await target.facts();
      target.check(found);
      return [`PostgreSQL ${found.version} at ${target.shown}, as ${found.role}`, found] as const;
    });
    await check("no other run", async () => {
      await target.runs.checkFree(run);
      return "the target schema is free";
    });
    await check("queries", async () => queryFiles(context));
    await check("application", async () => applicationFiles(context));
    await check("row security", async () => rowSecurity(context, facts));
    await check("disk", async () => disk(context));
    return { result: facts, summary: "go" };
  });
}

type Check = <T = undefined>(name: string, work: () => Promise<string | readonly [string, T]>) => Promise<T>;

function checker({ emit, signal }: Context): Check {
  return async <T>(name: string, work: () => Promise<string | readonly [string, T]>): Promise<T> => {
    signal.throwIfAborted();
    try {
      const answer = await work();
      const [message, result] = typeof answer === "string" ? [answer, undefined] : answer;
      if (message !== "") emit({ type: "check", name, outcome: "ok", message });
      return result as T;
    } catch (thrown) {
      emit({ type: "check", name, outcome: "failure", message: messageOf(thrown) });
      throw thrown;
    }
  };
}

/** The user's own queries are read only in validate; that they are there is seen now. */
function queryFiles({ settings: { search, validate } }: Context): string {
  if (!validate.search || search.check.files.length === 0) return "";
  const missing = search.check.files.filter(({ path }) => !existsSync(path));
  if (missing.length > 0)
    throw new RowhaulError("PIPELINE_INVALID", `There is no file ${missing.map(({ path }) => path).join(", ")}.`, {
      hint: "Correct `validate.search.queries` in the pipeline file.",
    });
  return plural(search.check.files.length, "file");
}

/** Everything that can be wrong with the application's files is wrong before hours of loading, too. */
function applicationFiles({ settings, parts, emit }: Context): string {
  if (settings.cutover === null) return "";
  parts.source.checkLockable();
  const edits = fileEdits(settings.cutover, parts.target.values);
  const planned = parts.files.plan(edits);
  for (const setting of parts.files.added(edits))
    emit({ type: "check", name: "application", outcome: "warning", message: setting });
  for (const step of settings.cutover) {
    if (step.kind === "check" && !existsSync(step.folder))
      throw new RowhaulError(
        "PIPELINE_INVALID",
        `The folder of the check \`${step.command}\` does not exist: ${step.folder}.`,
      );
  }
  return `${plural(planned.length, "file")} can be rewritten`;
}

function rowSecurity({ settings }: Context, facts: TargetFacts): string {
  if (facts.apiRoles.length === 0) return "";
  if (settings.target.rowSecurity === null) {
    throw new RowhaulError(
      "TARGET_ROW_SECURITY",
      `Schema ${settings.target.schema} is visible to ${facts.apiRoles.join(", ")}: the new tables would be open to everybody who can call the API.`,
    );
  }
  return settings.target.rowSecurity === "enable"
    ? "row-level security will be enabled on the new tables"
    : "no row-level security, as the pipeline says";
}

/** The snapshot needs room here; a remote server's disk cannot be seen. */
async function disk(context: Context): Promise<string> {
  const need = (await context.parts.source.bytes()) * 3;
  let free: number;
  try {
    mkdirSync(context.home.path, { recursive: true, mode: 0o700 });
    const stat = statfsSync(context.home.path);
    free = stat.bavail * stat.bsize;
  } catch (thrown) {
    throw new RowhaulError("LOCAL_DISK", `${context.home.path} cannot be made: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  if (free < need) {
    const message = `${bytesText(free)} free beside the pipeline; three times the database is ${bytesText(need)}`;
    if (context.settings.disk === "refuse") throw new RowhaulError("TARGET_DISK", `${message}.`);
    context.emit({ type: "check", name: "disk", outcome: "warning", message });
    return "";
  }
  return `${bytesText(free)} free here; the server's own disk is unknown`;
}
