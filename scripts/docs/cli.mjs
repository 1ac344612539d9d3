import { commandHelp, overview } from "../../dist/cli/help.js";
import { commands } from "../../dist/cli/registry.js";

const exits = [
  [0, "all that was planned arrived, every validator passed, nothing changed that was not accepted"],
  [1, "usage or pipeline file"],
  [
    2,
    "refused: nothing the application sees was touched (preflight, hazards not accepted, another run, source changed before cutover)",
  ],
  [3, "stopped while loading or finishing, and a plain rerun can succeed (connection, disk, kill)"],
  [4, "a difference: a validator's finding, or data that a constraint refuses in finish; not cut over"],
  [5, "cutover failed and was rolled back"],
  [6, "an undo failed; the steps left to do by hand are printed"],
  [70, "a defect in rowhaul"],
  ["130 / 143", "interrupted / terminated; run again to resume"],
];

export function cliPage() {
  return [
    "# Command line",
    "",
    "<!-- Written by `npm run docs` from src/cli; do not edit. -->",
    "",
    fenced(overview()),
    "",
    "Results go to standard output, everything else to standard error. On a terminal there are progress bars, elsewhere plain lines; `--json` prints one event a line ([events](events.md)).",
    "",
    "Without a terminal, or with `--json`, there is nobody to ask: `run` and `rollback` then go on, because the command line was the decision; `clean` and `down --remove`, which cannot be undone, need `--yes`.",
    "",
    "## Exit status",
    "",
    "| status | meaning |",
    "|---|---|",
    ...exits.map(([status, meaning]) => `| ${status} | ${meaning} |`),
    "",
    "## Commands",
    ...commands.flatMap((command) => ["", `### ${command.name}`, "", fenced(commandHelp(command))]),
    "",
  ].join("\n");
}

function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}
