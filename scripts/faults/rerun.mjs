/** The same command again, or the one that the message names, until it has ended well. */
import { setTimeout as sleep } from "node:timers/promises";
import { exitProblems, firstLine, stateOfCase } from "./check.mjs";
import { ended } from "./deadline.mjs";

const waitsForHold = 45;

/** Returns problems, and notes about what it took. */
export async function rerun(place, scenario, evidence, expected = scenario) {
  const notes = [];
  let more = [];
  let waited = 0;
  for (let attempt = 0; attempt < 5; attempt++) {
    const running = place.start(scenario, { more });
    const result = await ended(running, place, 90_000, evidence);
    const told = `rerun${more.length > 0 ? ` ${more.join(" ")}` : ""}: exit ${result.exit} ${result.code ?? ""} ${firstLine(result.stderr)}`;
    evidence.say(`${told}\n${result.stderr}`);
    if (result.hung) return { problems: [`the rerun hung: ${result.hung}`], notes };
    const state = await stateOfCase(place, scenario, expected);
    const refused = result.exit === 1 && isDone(scenario, state, result);
    const wrong = refused ? [] : exitProblems(result, state);
    // of an undo that is finished first, either side may be left when something else stops the command
    if (wrong.length > 0 && (result.exit === 0 || result.exit === 70 || result.exit === 1))
      return { problems: wrong.map((one) => `rerun: ${one}`), notes };
    if (result.exit === 0 || isDone(scenario, state, result)) return { problems: [], notes };
    if (result.code === "RUN_IN_PROGRESS" && waited < waitsForHold) {
      waited++;
      attempt--;
      await sleep(2000);
      if (waited === 1) notes.push("had to wait for another's hold");
      continue;
    }
    if (result.exit === 3 || result.exit === 5) {
      notes.push(`again after ${result.code}`);
      continue;
    }
    if (result.stderr.includes("--fresh") && more.length === 0) {
      more = ["--fresh"];
      notes.push(`--fresh after ${result.code}`);
      continue;
    }
    return { problems: [told], notes };
  }
  return { problems: ["five reruns did not end well"], notes };
}

/** What it refuses because it is done already. */
function isDone({ verb }, { rows, settings }, { code }) {
  const there = [rows, settings].every((side) => side === "to" || side === "both");
  return there && ((verb === "rollback" && code === "NO_RUN") || (verb === "export" && code === "EXPORT_EXISTS"));
}
