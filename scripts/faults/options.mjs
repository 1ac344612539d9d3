/** What the command line of the fault harness means. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const usage = `npm run faults [-- options]
  --seed N           another seed makes other cases (1)
  --only LIST        kinds: kill, server, backend, signal, network, disk, race, flip, pooler (all)
  --case N           this case alone, of the one kind that --only names
  --dose X           this part of each kind's cases (1); never less than one
  --count N          this many cases of each kind
  --workers N        cases side by side, each with a server of its own (2)
  --json FILE        every case's outcome as JSON
  --dist FOLDER      another build of rowhaul (dist)`;

/** Throws an Error whose message is for the user. */
export function readOptions(args, known) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string", default: "1" },
      only: { type: "string", default: known.join(",") },
      case: { type: "string" },
      dose: { type: "string", default: "1" },
      count: { type: "string" },
      workers: { type: "string", default: "2" },
      json: { type: "string" },
      dist: { type: "string", default: fileURLToPath(new URL("../../dist", import.meta.url)) },
      help: { type: "boolean", default: false },
    },
  });
  const only = values.only.split(",").map((name) => name.trim());
  const stranger = only.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Error(`--only ${stranger}: known are ${known.join(", ")}.`);
  if (values.case !== undefined && only.length !== 1) throw new Error("--case wants one kind: --only KIND.");
  const dose = Number(values.dose);
  if (!(dose > 0)) throw new Error(`--dose ${values.dose}: a number above 0 is wanted.`);
  return {
    seed: values.seed,
    only: new Set(only),
    case: values.case === undefined ? null : wholeNumber("--case", values.case, 0),
    dose,
    count: values.count === undefined ? null : wholeNumber("--count", values.count, 1),
    workers: wholeNumber("--workers", values.workers, 1),
    json: values.json === undefined ? null : resolve(values.json),
    dist: resolve(values.dist),
    help: values.help,
  };
}

function wholeNumber(name, text, least) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`${name} ${text}: a whole number from ${least} is wanted.`);
}
