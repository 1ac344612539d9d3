import { errorCodes } from "../../dist/core/messages/error-codes.js";
import { hazards } from "../../dist/core/plan/hazards.js";
import { cell } from "./cell.mjs";

export function errorsPage() {
  return [
    "# Error codes",
    "",
    "<!-- Written by `npm run docs` from src/core/messages/error-codes.ts; do not edit. -->",
    "",
    "Every error prints its code, what happened and where, and after `Try:` what to do. With `--json` it is an event of type `error`.",
    "",
    "| code | exit | what happened | what to do |",
    "|---|---|---|---|",
    ...Object.entries(errorCodes).map(
      ([code, { exit, means, remedy }]) => `| \`${code}\` | ${exit} | ${cell(means)} | ${cell(remedy)} |`,
    ),
    "",
  ].join("\n");
}

export function hazardsPage() {
  return [
    "# Hazards",
    "",
    "<!-- Written by `npm run docs` from src/core/plan/hazards.ts; do not edit. -->",
    "",
    "A hazard is something that cannot arrive as it is. A run that meets one refuses, with the place and a sample, until the pipeline file accepts it:",
    "",
    "```yaml",
    "accept:",
    "  - { code: NUL_IN_TEXT, column: kb_entries.solution, policy: strip, why: pasted from a console log }",
    "```",
    "",
    "An entry names a `column` (`table.column`; for a foreign key its first column), a `table`, or an `object` (index, view, trigger, virtual table); without a place it holds wherever the code occurs. Each cell that a policy changes is written to the ledger, with its value before and after; each row in quarantine is kept whole. `--accept-all` takes the first policy of each, but none of those marked as asked: there the entry must name the policy, because each of them loses or decides something. Into a table that the application made it takes `quarantine` for MIXED_CLASSES.",
    "",
    ...Object.entries(hazards).flatMap(([code, { means, policies, needsAnswer }]) => [
      `## ${code}`,
      "",
      needsAnswer ? `${means} Asked.` : means,
      "",
      ...policies.map(({ name, does }, i) => `- \`${name}\`${i === 0 && !needsAnswer ? " (default)" : ""}: ${does}`),
      "",
    ]),
  ].join("\n");
}
