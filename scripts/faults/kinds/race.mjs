/** Two commands at once about the same run, the second begun at some moment of the first. */
import { exitProblems, sideOfState } from "../check.mjs";
import { ended } from "../deadline.mjs";
import { reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";

const others = {
  run: ["run", "rollback", "clean"],
  rollback: ["rollback", "run", "clean"],
  clean: ["clean", "rollback"],
};

export const race = {
  name: "race",
  title: "two at once: run, rollback, clean, import, export",
  count: 50,
  scenarios,
  noPause: true,
  async prepare({ place, scenario, random, usual, evidence }) {
    await place.reset(scenario);
    const other = random.pick(others[scenario.verb] ?? [scenario.verb]);
    const delay = random.pick([0, random.between(0, usual.total)]);
    let second = null;
    const fault = {
      name: `${other} ${Math.round(delay)} ms after ${scenario.verb}`,
      limitMs: 120_000,
      async strike(running) {
        if (!(await reach(running, { delay }))) return false;
        const beside = place.start(scenario, { verb: other });
        const result = ended(beside, place, 120_000, evidence);
        await running.ended;
        second = await result;
        evidence.say(`the other, ${other}: exit ${second.exit}\n${second.stderr}`);
        return true;
      },
      exitProblems: (result, state) => raceProblems(result, second, state),
    };
    // what was taken back can be cleaned, too
    fault.expected = () =>
      scenario.verb === "clean" && other === "rollback" && second?.exit === 0 ? takenBack(scenario) : scenario;
    fault.mayRefuse = other === "clean";
    fault.skipsRerun = () => other === "clean" && second?.exit === 0;
    return fault;
  },
};

function takenBack({ mode }) {
  const { from, to, verb } = scenarios.find((one) => one.verb === "rollback" && one.mode === mode);
  return { from, to, verb };
}

/** Which of them came first is open; but nobody may lie, and both sides stand or none. */
function raceProblems(first, second, state) {
  const both = [first, ...(second === null ? [] : [second])];
  const problems = both.flatMap((one) => exitProblems({ ...one, signal: "none" }, state));
  for (const one of both) {
    if (one.hung) problems.push(`hung: ${one.hung}`);
    if (![0, 1, 2, 3, 4, 5, 6].includes(one.exit)) problems.push(`exit ${one.exit}`);
  }
  const side = sideOfState(state);
  if (side === null && !both.some(({ exit }) => exit === 6))
    problems.push(
      `exits ${both.map(({ exit }) => exit).join(" and ")}, but rows: ${state.rows}, files: ${state.settings}`,
    );
  const alone = second === null || second.exit !== 0;
  if (first.exit === 0 && alone && side !== "to" && side !== "both")
    problems.push(`exit 0 while the other was refused, but rows: ${state.rows}, files: ${state.settings}`);
  return problems;
}
