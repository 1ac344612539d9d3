/** Plan: every decision, tried on the target, before anything is changed. */
import { plural } from "../core/count.ts";
import { RowhaulError } from "../core/errors.ts";
import { hazards } from "../core/hazards.ts";
import type { Note, Plan } from "../core/plan.ts";
import type { TargetFacts } from "../core/target-facts.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { type Context, phase } from "./context.ts";
import type { Profiled } from "./profile.ts";

/** Saves the plan even when hazards are not accepted; whether it may be executed is asked by {@link refuseUnaccepted}. */
export async function plan(context: Context, folder: RunFolder, profiled: Profiled, facts: TargetFacts): Promise<Plan> {
  return phase(context, "plan", async () => {
    const { target } = context.parts;
    const { settings } = context;
    const id = folder.record.id;
    const input = {
      settings,
      catalog: profiled.catalog,
      profile: profiled.profile,
      orphans: profiled.orphans,
      target: facts,
      staging: `rowhaul_staging_${id}`,
      aside: settings.target.existing === "refuse" ? null : `rowhaul_aside_${id}`,
      refused: new Map<string, string>(),
      leftOut: folder.transforms?.leftOut ?? [],
    };
    let made = context.planner(input);
    // An index that is refused may have kept a second objection from showing; two rounds have always been enough.
    for (let round = 0; round < 3; round++) {
      const objections = await target.probe(made.probe);
      if (objections.size === 0) break;
      for (const [object, objection] of objections) input.refused.set(object, objection);
      made = context.planner(input);
    }
    folder.save("plan", made.plan);
    for (const hazard of made.plan.hazards) context.emit({ type: "hazard", hazard });
    const { aside, notes: standing } = await target.checkOccupied(made.plan);
    const notes = [...standing, ...transformNotes(folder)];
    made = { ...made, plan: { ...made.plan, notes: [...made.plan.notes, ...notes] } };
    folder.save("plan", made.plan);
    folder.update({ stage: "planned" });
    if (aside.length > 0)
      context.emit({
        type: "notice",
        level: "info",
        message:
          settings.target.kind === "sqlite"
            ? `the file that is there will be kept beside the new one`
            : `${plural(aside.length, "existing object")} will be kept aside in schema ${input.aside}`,
      });
    return {
      result: made.plan,
      summary: `${plural(made.plan.tables.length, "table")}, ${plural(made.plan.estimate.rows, "row")}, ${plural(made.plan.hazards.length, "hazard")}`,
    };
  });
}

/** Whoever reads the plan sees what the values were made of. */
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

/** Throws HAZARDS_NOT_ACCEPTED with the lines to add to the pipeline file. */
export function refuseUnaccepted(made: Plan): void {
  const open = made.hazards.filter((hazard) => hazard.accepted === null);
  if (open.length === 0) return;
  const details = open.flatMap((hazard) => {
    const samples = hazard.samples.slice(0, 2).map((sample) => `    ${sample.key}: ${sample.value}`);
    return [`${hazard.code} ${hazard.at}: ${hazard.message}`, ...samples];
  });
  const lines = open.map(({ code, at }) => {
    const [first, ...others] = hazards[code].policies
      .map((policy): string => policy.name)
      .filter((name) => name !== "widen");
    const choice = others.length > 0 ? `  # or ${others.map(yamlText).join(", ")}` : "";
    return `  - { code: ${code}, ${addressed(code, at)}, policy: ${yamlText(first ?? "")} }${choice}`;
  });
  throw new RowhaulError(
    "HAZARDS_NOT_ACCEPTED",
    `${plural(open.length, "thing")} cannot arrive unchanged, and nothing says what should become of ${open.length === 1 ? "it" : "them"}.`,
    {
      details,
      paste: ["accept:", ...lines],
    },
  );
}

/** How an accept entry names the place. */
export function addressed(code: string, at: string): string {
  if (code === "CHECK_LOST") return `table: ${yamlText(at)}`;
  return /^(INDEX|VIEW|TRIGGER|VIRTUAL_TABLE|UNIQUENESS)_LOST$/.test(code)
    ? `object: ${yamlText(at)}`
    : `column: ${yamlText(at)}`;
}

function yamlText(text: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(text) && text !== "null" ? text : JSON.stringify(text);
}
