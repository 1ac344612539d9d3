/** What the command line of the benchmark means. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const usage = `npm run bench [-- options]
  --rows N           rows of events (2000000); kb_entries gets a tenth of them
  --only LIST        of rowhaul,pgloader,duckdb,floor,json,into,tables,values (all)
  --python PATH      a Python that has DuckDB (python3)
  --rounds N         how often each is run, in turns; medians are shown (1)
  --json-memory A,B  sizes of the NDJSON files (MB) whose peak memory is compared (100,1000)
  --no-memory        without the runs for memory alone: rowhaul on twice the rows, and NDJSON of two sizes
  --json FILE        the figures as JSON, too
  --keep             keep run folders, load files and logs
  --dist FOLDER      another build of rowhaul (dist), to compare two: measured instead of this one; tables: beside it`;

const known = ["rowhaul", "pgloader", "duckdb", "floor", "json", "into", "tables", "values"];

export const ownDist = fileURLToPath(new URL("../../dist", import.meta.url));

/** Throws an Error whose message is for the user. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: "string", default: "2000000" },
      only: { type: "string", default: known.join(",") },
      rounds: { type: "string", default: "1" },
      python: { type: "string", default: "python3" },
      "json-memory": { type: "string", default: "100,1000" },
      "no-memory": { type: "boolean", default: false },
      json: { type: "string" },
      keep: { type: "boolean", default: false },
      dist: { type: "string", default: ownDist },
      help: { type: "boolean", default: false },
    },
  });
  const only = values.only.split(",").map((name) => name.trim());
  const stranger = only.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Error(`--only ${stranger}: known are ${known.join(", ")}.`);
  return {
    rows: wholeNumber("--rows", values.rows, 1000),
    rounds: wholeNumber("--rounds", values.rounds, 1),
    python: values.python,
    only: new Set(only),
    memory: !values["no-memory"],
    jsonMemory: sizes("--json-memory", values["json-memory"]),
    json: values.json === undefined ? null : resolve(values.json),
    keep: values.keep,
    dist: resolve(values.dist),
    help: values.help,
  };
}

function sizes(name, text) {
  const numbers = text.split(",").map((part) => wholeNumber(name, part.trim(), 1));
  if (numbers.length === 2 && numbers[0] < numbers[1]) return numbers;
  throw new Error(`${name} ${text}: two sizes are wanted, the smaller one first.`);
}

function wholeNumber(name, text, least) {
  const number = Number(text.replaceAll("_", ""));
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`${name} ${text}: a whole number from ${least} is wanted.`);
}
