/** A pipeline file written from a plan: what `rowhaul init` leaves for the user to read and change. */
import { relative } from "node:path";
import { hazards } from "../core/hazards.ts";
import type { Plan } from "../core/plan.ts";
import type { SourceSettings } from "../core/settings.ts";
import { addressed } from "../phases/plan.ts";
import { shownPlace } from "./places.ts";

/** `folder`: where the file will be; a path in it is relative to that. */
export function draftText(plan: Plan, source: SourceSettings, folder: string): string {
  const { shown, text } = sourceText(source, folder);
  const lines = [
    `# A pipeline for ${shown}, written by \`rowhaul init\`. Read it, change it, then:`,
    "#   rowhaul plan <this file>       every decision with its reason",
    "#   rowhaul rehearse <this file>   the whole job on a throw-away PostgreSQL",
    "#   rowhaul run <this file>        the move",
    "",
    `name: ${JSON.stringify(plan.name)}`,
    `source: ${text}`,
    "target:",
    "  kind: postgres",
    '  url: "${DATABASE_URL}"        # or: { kind: embedded }',
    "  # schema: public            # unless the URL names one: ?schema=…",
    "  existing: refuse              # or keep-aside",
    "",
    "# What becomes of each column. To change a type, name it under `columns`:",
    "#   columns: { total: { type: numeric } }",
    "tables:",
  ];
  for (const table of plan.tables) {
    lines.push(`  ${JSON.stringify(table.source)}:  # ${table.rows.toLocaleString("en-US")} rows`);
    for (const note of plan.notes)
      if (note.code === "FULL_TEXT" && note.at === table.source)
        lines.push(`    # full text: ${oneLine(note.message)}`);
    for (const column of table.columns)
      lines.push(`    # ${oneLine(column.source)}: ${column.pgType} (${oneLine(column.reason)})`);
    lines.push("    {}");
  }
  // Named here as well, so that their loss is a decision and not an oversight.
  for (const { code, at } of plan.hazards)
    if (code === "VIRTUAL_TABLE_LOST") lines.push(`  ${JSON.stringify(at)}: {}  # not carried: see below`);
  if (plan.leftOut.length > 0)
    lines.push("", "# Not carried:", ...plan.leftOut.map((entry) => `#   ${oneLine(entry.object)}: ${entry.reason}`));
  lines.push(
    "",
    ...acceptLines(plan),
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

/** A URL may hold a password, which has no place in a file: it comes from a variable. */
function sourceText(source: SourceSettings, folder: string): { readonly shown: string; readonly text: string } {
  if (source.kind === "postgres")
    return {
      shown: shownPlace(source.url),
      text: `{ kind: postgres, url: "\${SOURCE_URL}", schema: ${JSON.stringify(source.schema)} }`,
    };
  const path = relative(folder, source.path);
  return { shown: path, text: `{ kind: ${source.kind}, path: ${JSON.stringify(path)} }` };
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

/** Written as comments: accepting is the user's to do. */
function acceptLines(plan: Plan): string[] {
  if (plan.hazards.length === 0) return ["# Nothing in this database needs to be accepted.", ""];
  const lines = [
    "# These cannot arrive as they are. Remove the # of what you accept, and `accept: []`; the first policy is the default.",
    "accept: []",
    "# accept:",
  ];
  for (const hazard of plan.hazards) {
    const policies = hazards[hazard.code].policies.map(({ name }) => (name === "null" ? '"null"' : name));
    lines.push(
      `#   # ${oneLine(hazard.message)}`,
      ...hazard.samples.slice(0, 2).map((sample) => `#   #   ${oneLine(sample.key)}: ${oneLine(sample.value)}`),
    );
    lines.push(
      `#   - { code: ${hazard.code}, ${addressed(hazard.code, hazard.at)}, policy: ${policies[0]} }${policies.length > 1 ? `  # or ${policies.slice(1).join(", ")}` : ""}`,
    );
  }
  return [...lines, ""];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
