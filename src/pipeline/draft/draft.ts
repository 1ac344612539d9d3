/** A pipeline file written from a plan: what `rowhaul init` leaves for the user to read and change. */
import { relative } from "node:path";
import { plural } from "../../core/messages/count.ts";
import { hazards } from "../../core/plan/hazards.ts";
import type { Hazard, Plan } from "../../core/plan/plan.ts";
import type { SchemaTarget, Settings, SourceSettings } from "../../core/settings.ts";
import { addressed, linesOf, partsOf } from "../../phases/plan.ts";
import { shownPlace } from "../file/places.ts";
import type { ProposedMode } from "./proposed-mode.ts";

/** `folder`: where the file will be; a path in it is relative to that. `modes`: how rows go into tables that are there. */
export function draftText(
  plan: Plan,
  { source, target }: { readonly source: Settings["source"]; readonly target: SchemaTarget },
  folder: string,
  modes: ReadonlyMap<string, ProposedMode> = new Map(),
): string {
  const { shown, text } = sourceText(source, folder);
  const lines = [
    `# A pipeline for ${shown}, written by \`rowhaul init\`. Read it, change it, then:`,
    "#   rowhaul plan <this file>       every decision with its reason",
    // A throw-away server has none of the application's tables.
    ...(modes.size > 0 ? [] : ["#   rowhaul rehearse <this file>   the whole job on a throw-away PostgreSQL"]),
    "#   rowhaul run <this file>        the move",
    "",
    `name: ${JSON.stringify(plan.name)}`,
    `source: ${text}`,
    ...targetLines(target, modes.size > 0),
    "",
    "# What becomes of each column. To change a type, name it under `columns`:",
    "#   columns: { total: { type: numeric } }",
    "tables:",
  ];
  for (const table of plan.tables) {
    lines.push(`  ${JSON.stringify(table.source)}:  # ${plural(table.rows, "row")}`);
    for (const note of plan.notes)
      if (note.code === "FULL_TEXT" && note.at === table.source)
        lines.push(`    # full text: ${oneLine(note.message)}`);
    for (const column of table.columns)
      lines.push(`    # ${oneLine(column.source)}: ${column.pgType} (${oneLine(column.reason)})`);
    lines.push(...tableAnswers(plan, table.source), ...modeLines(modes.get(table.source)));
  }
  // Named here as well, so that their loss is a decision and not an oversight.
  for (const { code, at } of plan.hazards)
    if (code === "VIRTUAL_TABLE_LOST") lines.push(`  ${JSON.stringify(at)}: {}  # not carried: see below`);
  if (plan.leftOut.length > 0)
    lines.push("", "# Not carried:", ...plan.leftOut.map((entry) => `#   ${oneLine(entry.object)}: ${entry.reason}`));
  lines.push(
    "",
    ...questionLines(plan),
    "validate: { counts: true, schema: true, parity: full }",
    ...searchLines(plan),
    "",
    "# Files of the application to switch, and a check that it is well:",
    "# cutover:",
    '#   - { file: .env, set: { DATABASE_URL: "${target.url}" } }',
    '#   - { check: "npm run health" }',
    "",
  );
  return lines.join("\n");
}

function targetLines(target: SchemaTarget, into: boolean): string[] {
  const { schema } = target;
  return [
    "target:",
    "  kind: postgres",
    `  url: "\${DATABASE_URL}"${into ? "" : "        # or: { kind: embedded }"}`,
    ...(schema === "public"
      ? ["  # schema: public            # unless the URL names one: ?schema=…"]
      : [`  schema: ${JSON.stringify(schema)}`]),
    into
      ? "  existing: append              # rows go into the tables that are there; each table below says how"
      : "  existing: refuse              # or keep-aside; or append, merge, skip, replace, into tables that are there",
  ];
}

function modeLines(proposed: ProposedMode | undefined): string[] {
  if (proposed === undefined) return ["    {}"];
  return [`    # ${proposed.why}`, `    existing: ${proposed.mode}`];
}

/** What only the table's own entry can answer. */
function tableAnswers({ hazards: found }: Plan, table: string): string[] {
  return found.flatMap(({ at, answer, message }) => {
    if (answer?.under !== "tables" || (at !== table && !at.startsWith(`${table}.`))) return [];
    const settings = answer.lines.map(partsOf).filter((line) => line.settings !== "");
    return [`    # ${oneLine(message)}`, ...settings.map((line) => `    # ${line.settings}  # ${line.remark}`)];
  });
}

/** A URL may hold a password, which has no place in a file: it comes from a variable. */
function sourceText(source: SourceSettings, folder: string): { readonly shown: string; readonly text: string } {
  if (source.kind === "postgres")
    return {
      shown: shownPlace(source.url),
      text: `{ kind: postgres, url: "\${SOURCE_URL}", schema: ${JSON.stringify(source.schema)} }`,
    };
  const path = relative(folder, source.path);
  // In YAML the word null without quotes is no value.
  const missing = source.kind === "json" && source.missing !== "refuse" ? `, missing: "${source.missing}"` : "";
  return { shown: path, text: `{ kind: ${source.kind}, path: ${JSON.stringify(path)}${missing} }` };
}

function searchLines({ search }: Plan): string[] {
  if (search === undefined) return [];
  return [
    "",
    "# Full-text search answers as in SQLite (docs/search.md). Your own queries can be compared, too:",
    "#   validate: { search: { queries: searches.txt } }",
    "search: { mode: exact }         # or native: PostgreSQL's own search, with other hits",
  ];
}

/** Written as comments: answering is the user's to do. */
function questionLines(plan: Plan): string[] {
  if (plan.hazards.length === 0) return ["# Nothing in this database needs to be accepted.", ""];
  return [
    ...acceptLines(plan.hazards.filter(({ answer }) => answer === undefined)),
    ...interpretLines(plan.hazards.filter(({ answer }) => answer?.under === "interpret")),
  ];
}

function acceptLines(asked: readonly Hazard[]): string[] {
  if (asked.length === 0) return [];
  const lines = [
    "# These cannot arrive as they are. Remove the # of what you accept, and `accept: []`; the first policy is the default.",
    "accept: []",
    "# accept:",
  ];
  for (const hazard of asked) {
    lines.push(...asComment(hazard));
    const policies = hazard.offered ?? hazards[hazard.code].policies.map(({ name }): string => name);
    const [first, ...others] = policies.map((name) => (name === "null" ? '"null"' : name));
    // What no policy can treat has no line to add; its message says what to do.
    if (first !== undefined)
      lines.push(
        `#   - { code: ${hazard.code}, ${addressed(hazard.code, hazard.at)}, policy: ${first} }${others.length > 0 ? `  # or ${others.join(", ")}` : ""}`,
      );
  }
  return [...lines, ""];
}

function interpretLines(asked: readonly Hazard[]): string[] {
  if (asked.length === 0) return [];
  const answers = asked.flatMap(({ answer }) => (answer === undefined ? [] : linesOf(answer, asked)));
  return [
    "# These could mean several things. Remove the # of `interpret:` and of the lines below it that you mean.",
    "# interpret:",
    ...asked.flatMap(asComment),
    // Answers for two columns may share a line.
    ...[...new Set(answers)].map((line) => `#   ${line}`),
    "",
  ];
}

function asComment({ message, samples }: Hazard): string[] {
  return [
    `#   # ${oneLine(message)}`,
    ...samples.slice(0, 2).map((sample) => `#   #   ${oneLine(sample.key)}: ${oneLine(sample.value)}`),
  ];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
