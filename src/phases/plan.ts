/** Plan: every decision, tried on the target, before anything is changed. */
import { plural } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { yamlText } from "../core/messages/yaml-text.ts";
import { hazards, needsAnswer } from "../core/plan/hazards.ts";
import type { TableFit } from "../core/plan/live-fit.ts";
import type { FinishStep, Hazard, Note, Plan } from "../core/plan/plan.ts";
import type { TargetFacts } from "../core/plan/target-facts.ts";
import type { Occupied, Probed, Target } from "../core/ports.ts";
import { asidePrefix, stagingPrefix } from "../core/schema/staging-name.ts";
import { type PlanInput, selectedRows, type WideRows } from "../plan/context.ts";
import type { Planned } from "../plan/planned.ts";
import { chosenRequests } from "../plan/to-postgres/chosen-types.ts";
import { fitRequests } from "../plan/to-postgres/into/requests.ts";
import { rowLimits } from "../plan/to-postgres/row-size.ts";
import { fileRequests } from "../plan/to-sqlite/into/requests.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Profiled } from "./profile.ts";
import { type Context, phase } from "./run/context.ts";

/** Saves the plan even when hazards are not accepted; whether it may be executed is asked by {@link refuseUnaccepted}. */
export async function plan(context: Context, folder: RunFolder, profiled: Profiled, facts: TargetFacts): Promise<Plan> {
  return phase(context, "plan", async () => {
    const { target } = context.parts;
    const { settings } = context;
    const id = folder.record.id;
    const looked = await examineTarget(context, profiled);
    const input = {
      ...looked,
      settings,
      selection: profiled.selection,
      catalog: profiled.catalog,
      profile: profiled.profile,
      orphans: profiled.orphans,
      brokenChecks: profiled.brokenChecks,
      overflows: profiled.overflows,
      target: facts,
      staging: `${stagingPrefix}${id}`,
      run: id,
      aside: settings.target.existing === "refuse" ? null : `${asidePrefix}${id}`,
      refused: new Map<string, string>(),
      leftOut: folder.transforms?.leftOut ?? [],
    };
    const planned = (more: Pick<PlanInput, "wideRows">) =>
      withoutObjections(target, () => context.planner({ ...input, ...more }), input.refused);
    let made = await planned({});
    const wideRows = await lookForWideRows(context, made.plan, profiled);
    if (wideRows.size > 0) made = await planned({ wideRows });
    folder.save("plan", made.plan);
    for (const hazard of made.plan.hazards) context.emit({ type: "hazard", hazard });
    const { aside, notes: standing } = await occupied(context, made.plan, folder.dataPath);
    const notes = [...standing, ...transformNotes(folder)];
    made = { ...made, plan: { ...made.plan, notes: [...made.plan.notes, ...notes] } };
    folder.save("plan", made.plan);
    folder.update({ stage: "planned" });
    if (aside.length > 0)
      context.emit({
        type: "notice",
        level: "info",
        message: target.words.keptAside(aside.length, input.aside),
      });
    return {
      result: made.plan,
      summary: `${plural(made.plan.tables.length, "table")}, ${plural(made.plan.estimate.rows, "row")}, ${plural(made.plan.hazards.length, "hazard")}`,
    };
  });
}

/** Asked once the types are known; of few tables, for most have not that many columns. */
async function lookForWideRows(
  { parts: { target }, signal }: Context,
  made: Plan,
  { catalog, profile, selection, frozen }: Profiled,
): Promise<Map<string, WideRows>> {
  const found = new Map<string, WideRows>();
  if (target.sameDialect || catalog.dialect === "postgres") return found;
  for (const [name, fits] of rowLimits(made, profile)) {
    const table = catalog.tables.find((one) => one.name === name);
    if (table === undefined) continue;
    const asCheck = { ...table, checks: [{ name: null, expression: fits }] };
    const source = frozen();
    try {
      const request = { table: asCheck, where: selectedRows({ selection }, table), kinds: new Map() };
      for (const rows of (await source.brokenChecks([request], signal)).values()) found.set(name, { fits, ...rows });
    } finally {
      source.close();
    }
  }
  return found;
}

/** An index that is refused may have kept a second objection from showing; two rounds have always been enough. */
const rounds = 3;

/**
 * The plan that the target takes statement by statement; `refused` gets what it does not take. Throws TARGET_REFUSED
 * rather than return one that was not tried.
 */
async function withoutObjections(target: Target, make: () => Planned, refused: Map<string, string>): Promise<Planned> {
  for (let round = 0; ; round++) {
    const made = make();
    const { objections, definitions } = await target.probe(made.probe);
    if (objections.size === 0) return { ...made, plan: withDefinitions(made.plan, definitions) };
    if (round === rounds) throw stillRefused(objections);
    for (const [object, objection] of objections) refused.set(object, objection);
  }
}

/** Indexes as the server shows them: what the schema validator is to find. */
function withDefinitions(made: Plan, definitions: Probed["definitions"]): Plan {
  const defined = (step: FinishStep): FinishStep => {
    const definition = definitions.get(step.id);
    return definition === undefined ? step : { ...step, definition };
  };
  return { ...made, tables: made.tables.map((table) => ({ ...table, finish: table.finish.map(defined) })) };
}

function stillRefused(objections: ReadonlyMap<string, string>): RowhaulError {
  // `view:orders` and the like.
  const details = [...objections].map(([object, objection]) => `${object.replace(":", " ")}: ${objection}`);
  return new RowhaulError(
    "TARGET_REFUSED",
    `The plan was changed ${rounds} times for what the target objects to, and it still objects to ${plural(details.length, "statement")}.`,
    { details },
  );
}

/** Shows the reader of the plan what the transforms did. */
function transformNotes(folder: RunFolder): Note[] {
  const through = (folder.transforms?.tables ?? []).flatMap(({ table, steps }) =>
    steps.length === 0
      ? []
      : [
          {
            code: "TRANSFORMED",
            at: table,
            message: `its rows went through ${steps.map(({ label }) => label).join(", ")}`,
          },
        ],
  );
  return [...through, ...(folder.transforms?.notes ?? [])];
}

export type TargetLookup = Pick<Context, "settings" | "emit" | "signal"> & {
  readonly parts: { readonly target: Target };
};

/** What the application made in the target, and how each value goes into it and into the types that the pipeline file sets. */
export async function examineTarget(
  { parts: { target }, settings, emit, signal }: TargetLookup,
  { catalog, selection, profile, frozen }: Profiled,
): Promise<Pick<PlanInput, "into" | "chosenFits" | "file">> {
  const scope = { settings, selection };
  const file = await target.liveFile();
  const progress = (table: string, done: number, total: number): void =>
    emit({ type: "progress", phase: "plan", item: table, done, total, unit: "rows" });
  if (file !== null) {
    const source = frozen();
    try {
      const requests = fileRequests(scope, catalog, file);
      return { file: { schema: file, fits: await target.fitFile(requests, source.path, { progress, signal }) } };
    } finally {
      source.close();
    }
  }
  const schema = await target.live();
  const into = schema === null ? null : fitRequests(scope, catalog, profile, schema);
  const names = into?.names ?? new Map();
  const chosen = target.sameDialect ? [] : chosenRequests(scope, catalog, profile, names);
  const requests = [...(into?.requests ?? []), ...chosen];
  const found = (fits: ReadonlyMap<string, TableFit>): Pick<PlanInput, "into" | "chosenFits"> => ({
    ...(schema === null ? {} : { into: { schema, fits } }),
    ...(chosen.length === 0 ? {} : { chosenFits: fits }),
  });
  if (requests.length === 0) return found(new Map());
  const source = frozen();
  try {
    const fits = await target.answering(names, (answers) =>
      source.fit(catalog, requests, into?.edges ?? [], answers, { progress, signal }),
    );
    return found(fits);
  } finally {
    source.close();
  }
}

/** Reports all questions at once: about what does not fit into the schema, and what does not fit into its columns. */
async function occupied({ parts: { target } }: Context, made: Plan, snapshot: string): Promise<Occupied> {
  try {
    return await target.checkOccupied(made, snapshot);
  } catch (thrown) {
    const open = openHazards(made);
    if (!(thrown instanceof RowhaulError) || thrown.code !== "TARGET_MISMATCH" || open.length === 0) throw thrown;
    const asked = questions(open);
    const { details } = asked;
    // A file has only one `tables` section: the remaining questions come once these are answered.
    const paste = asked.paste.includes("tables:") ? asked.paste : [...asked.paste, ...thrown.paste];
    throw new RowhaulError(thrown.code, thrown.message, {
      place: thrown.place,
      details: [...thrown.details, ...details],
      paste,
      hint: `See each message${paste.length === 0 ? "" : "; the printed lines answer those that the pipeline file can answer"}.`,
      cause: thrown.cause,
    });
  }
}

function openHazards(made: Plan): Hazard[] {
  return made.hazards.filter((hazard) => hazard.accepted === null);
}

/** Throws HAZARDS_NOT_ACCEPTED with the lines to add to the pipeline file. */
export function refuseUnaccepted(made: Plan): void {
  const open = openHazards(made);
  if (open.length === 0) return;
  const asked = questions(open);
  throw new RowhaulError(
    "HAZARDS_NOT_ACCEPTED",
    `${plural(open.length, "thing")} cannot arrive unchanged, and nothing says what should become of ${open.length === 1 ? "it" : "them"}.`,
    { ...asked, ...(asked.paste.length === 0 ? {} : { hint: answersHint(open) }) },
  );
}

/** --accept-all takes default policies, and these questions have none. */
function answersHint(open: readonly Hazard[]): string {
  const add = "Add the printed lines to the pipeline file";
  const left = open.filter(({ code }) => needsAnswer(code)).length;
  if (left === 0) return `${add}, or take every default with --accept-all.`;
  const given = left === open.length ? "none of them" : `only ${open.length - left} of them`;
  const lineless = open.some(({ offered, answer }) => offered?.length === 0 && answer === undefined);
  const others = lineless ? " What has no line says in its message what to do." : "";
  return `${add}, each with the answer that you mean; --accept-all gives ${given}.${others}`;
}

/** Each with samples, and the lines that answer it, for `accept`, `interpret` and `tables`. */
function questions(open: readonly Hazard[]): { details: string[]; paste: string[] } {
  const details = open.flatMap((hazard) => {
    const samples = hazard.samples
      .slice(0, 3)
      .map(({ key, value }) => `    ${[key, value].filter((part) => part !== "").join(": ")}`);
    return [`${hazard.code} ${hazard.at}: ${hazard.message}`, ...samples];
  });
  const accept = open.flatMap(({ code, at, offered, answer }) => {
    if (answer !== undefined) return [];
    // What no policy can treat has no line to add; its message says what to do.
    if (offered?.length === 0) return [];
    const [first, ...others] = offered ?? hazards[code].policies.map((policy): string => policy.name);
    const choice = others.length > 0 ? `  # or ${others.map(yamlText).join(", ")}` : "";
    return [`- { code: ${code}, ${addressed(code, at)}, policy: ${yamlText(first ?? "")} }${choice}`];
  });
  const under = (heading: string, lines: readonly string[]): string[] =>
    // Answers for two tables may share a line.
    lines.length === 0 ? [] : [heading, ...new Set(lines.map((line) => `  ${line}`))];
  const answers = (section: NonNullable<Hazard["answer"]>["under"]): string[] => {
    const lines = open.flatMap(({ answer }) => (answer?.under === section ? linesOf(answer, open) : []));
    return under(`${section}:`, section === "tables" ? joined(lines) : lines);
  };
  const elsewhere = (["interpret", "tables", "target"] as const).flatMap(answers);
  return { details, paste: [...under("accept:", accept), ...elsewhere] };
}

/** Many columns of one type with the same question get one line. */
const fewColumns = 3;

export function linesOf({ forAll, lines }: NonNullable<Hazard["answer"]>, open: readonly Hazard[]): readonly string[] {
  const alike = forAll === undefined ? 0 : open.filter(({ answer }) => answer?.forAll === forAll).length;
  return forAll === undefined || alike <= fewColumns ? lines : [forAll];
}

/** A table stands in a file once: lines of the same one, each `name: { … }  # …`, become one. */
function joined(lines: readonly string[]): string[] {
  const found = new Map<string, { readonly settings: string[]; readonly remarks: string[] }>();
  for (const line of lines) {
    const { name, settings, remark } = partsOf(line);
    const one = found.get(name) ?? { settings: [], remarks: [] };
    found.set(name, one);
    if (settings !== "" && !one.settings.includes(settings)) one.settings.push(settings);
    if (remark !== "") one.remarks.push(remark);
  }
  return [...found].map(([name, { settings, remarks }]) => {
    const inner = settings.length === 0 ? "{}" : `{ ${settings.join(", ")} }`;
    return `${name}: ${inner}${remarks.length === 0 ? "" : `  # ${remarks.join("; ")}`}`;
  });
}

/** Of a line `name: { … }  # …`. */
export function partsOf(line: string): { readonly name: string; readonly settings: string; readonly remark: string } {
  const [, name = line, settings = "", remark = ""] = /^(.*?): \{ ?(.*?) ?\}(?: {2}# (.*))?$/.exec(line) ?? [];
  return { name, settings, remark };
}

/** How an accept entry names the place. */
export function addressed(code: string, at: string): string {
  if (
    /^(CHECK_LOST|TABLE_MISSING|SKIPPED_DIFFERS|ID_TAKEN|FULL_TEXT_INTO|TRIGGER_WRITES|ROW_TOO_WIDE)$/.test(code) ||
    (code === "NAME_DIFFERS" && !at.includes("."))
  )
    return `table: ${yamlText(at)}`;
  return /^((INDEX|VIEW|TRIGGER|VIRTUAL_TABLE|UNIQUENESS)_LOST|KEYS_MEET|TRIGGER_FIRES)$/.test(code)
    ? `object: ${yamlText(at)}`
    : `column: ${yamlText(at)}`;
}
