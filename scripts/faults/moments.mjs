/**
 * When it goes wrong. A scenario is run once undisturbed; what it passes through then (phases, steps of the journal) are
 * the moments that its cases are spread over, so that none is left out for being short.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { stateOf } from "./cluster.mjs";

const journalOf = {
  run: ["cutover", "schema switched", "files switched", "healthy", "done"],
  rollback: ["rollback", "undone"],
};

/** Runs it once to its end. Throws when even that does not do what it is to do. */
export async function measure(place, proxy, scenario) {
  await place.reset(scenario);
  proxy.reset();
  const running = place.start(scenario);
  const { exit, seconds, stderr, stdout } = await running.ended;
  const rows = await place.rows(scenario);
  if (exit !== 0 || JSON.stringify(rows) !== JSON.stringify(scenario.to))
    throw new Error(`${scenario.name}, undisturbed, ended with ${exit}: ${stderr}\n${stdout}\n${JSON.stringify(rows)}`);
  return { total: seconds * 1000, marks: running.marks, commits: proxy.commits };
}

/** `index` chooses in turn, `random` places it. A moment is a phase with a delay, a step of the journal, or any time. */
export function momentOf({ total, marks }, scenario, index, random) {
  const phases = marks.map(({ name, at, lines }, i) => ({
    phase: name,
    lines,
    length: (marks[i + 1]?.at ?? total) - at,
  }));
  const known = scenario.verb === "rollback" ? journalOf.rollback : journalOf.run;
  const hasJournal = scenario.verb === "rollback" || marks.some(({ name }) => name === "cutover");
  const pauses = hasJournal ? known.map((step) => ({ step })) : [];
  const all = [{ any: true }, ...phases, ...pauses];
  const chosen = all[index % all.length];
  if (chosen.phase !== undefined) {
    const { phase, lines, length } = chosen;
    // a phase of a few milliseconds is over before anybody outside has heard of it
    if (random.below(2) === 0) {
      const line = 1 + random.below(lines);
      return { pause: { phase, line }, name: `in ${phase} (line ${line})` };
    }
    return { phase, delay: random.next() * length, name: `in ${phase}` };
  }
  if (chosen.step !== undefined) {
    const when = random.pick(["before", "after", "after"]);
    return { pause: { when, step: chosen.step }, name: `${when} "${chosen.step}"` };
  }
  return { delay: random.between(0, total * 1.02), name: "at any time" };
}

/** Waits for it; false when the command ended before. At a pause the process is stopped when this returns. */
export async function reach(running, moment) {
  if (moment.pause !== undefined) {
    if (!(await running.until("paused"))) return false;
    // what it said before may still be in the pipe
    await sleep(5);
    for (let i = 0; i < 2000 && stateOf(running.pid) !== "T" && !running.isOver; i++) await sleep(1);
    return !running.isOver;
  }
  if (moment.phase !== undefined && !(await running.until(moment.phase))) return false;
  await sleep(moment.delay);
  return !running.isOver;
}

/** Lets a process go on that stopped at a pause. */
export function goOn(running, moment) {
  if (moment.pause !== undefined) running.kill("SIGCONT");
}
