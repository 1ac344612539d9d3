/** One case: a scenario, a moment, a fault, and what was found afterwards. */
import { cleanProblems, exitProblems, leftovers, sideOfState, stateOfCase } from "./check.mjs";
import { ended } from "./deadline.mjs";
import { Evidence } from "./evidence.mjs";
import { momentOf } from "./moments.mjs";
import { randomOf } from "./random.mjs";
import { rerun } from "./rerun.mjs";

/** `worker`: place, proxy and cluster; `measured(scenario)`: how it goes undisturbed. */
export async function runCase(worker, kind, number, seed, measured) {
  const random = randomOf(seed, kind.name, number);
  // a step that shares no factor with how many there are, so that a few cases are not all of the first ones
  const nth = (number * 7 + randomOf(seed, kind.name).below(kind.scenarios.length)) % kind.scenarios.length;
  const scenario = kind.scenarios[nth];
  const evidence = new Evidence(kind.name, number, scenario.name);
  const started = Date.now();
  const { place, proxy } = worker;
  const outcome = { kind: kind.name, number, scenario: scenario.name, moment: null, hit: null, notes: [] };
  const problems = { loss: [], exit: [], rerun: [], hang: [] };
  let fault = null;
  try {
    await place.cluster.ensureRunning();
    const usual = await measured(worker, scenario);
    const moment = momentOf(usual, scenario, Math.floor(number / kind.scenarios.length) + nth * 3, random);
    outcome.moment = moment.name;
    const context = { ...worker, scenario, moment, random, usual, evidence, seed, number };
    proxy.reset();
    fault = await kind.prepare(context);
    const running = place.start(scenario, {
      ...(moment.pause === undefined || kind.noPause ? {} : { pause: moment.pause }),
      ...fault.start,
    });
    const watch = ended(running, place, fault.limitMs ?? 60_000, evidence);
    const done = await fault.strike(running);
    const result = await watch;
    outcome.fault = fault.name;
    outcome.struck = done !== false;
    outcome.hit = done === false ? null : (fault.hit ?? null);
    outcome.exit = result.exit;
    outcome.code = result.code;
    evidence.say(
      `${fault.name}; exit ${result.exit} ${result.signal ?? ""}\n--- stderr\n${result.stderr}\n--- last events\n${result.stdout.slice(-2500)}`,
    );
    await fault.mend?.();
    if (result.hung !== null) problems.hang.push(result.hung);
    await judge(context, fault, running, result, outcome, problems);
  } catch (thrown) {
    problems.harness = [`${thrown.stack ?? thrown}`];
  }
  outcome.problems = Object.entries(problems).flatMap(([type, list]) => list.map((text) => ({ type, text })));
  outcome.seconds = (Date.now() - started) / 1000;
  if (outcome.problems.length > 0) outcome.evidence = evidence.keep(outcome, place);
  await fault?.cleanUp?.();
  return outcome;
}

async function judge(context, fault, running, result, outcome, problems) {
  const { place, scenario, evidence, random, proxy } = context;
  await fault.settled?.();
  let expected = fault.expected?.() ?? scenario;
  const left = fault.keepsBackends ? null : await leftovers(place, running, fault.graceMs ?? 20_000);
  if (left !== null) problems.exit.push(`left behind: ${left}`);
  const state = await stateOfCase(place, scenario, expected);
  outcome.side = sideOfState(state) ?? `rows ${state.rows}, files ${state.settings}`;
  evidence.say(`state: ${JSON.stringify(state)}`);
  if (state.rows.startsWith("neither") || state.rows.startsWith("unreadable"))
    problems.loss.push(`rows: ${state.rows}`);
  if (fault.flipsSource !== true) await sourceProblems(place, scenario, problems);
  problems.exit.push(...(fault.exitProblems ?? exitProblems)(result, state, fault));
  await fault.beforeRerun?.(state, result);
  if (fault.skipsRerun?.() === true) return;
  expected = fault.expected?.() ?? scenario;
  const again = await rerun(place, scenario, evidence, expected);
  outcome.notes.push(...again.notes);
  problems.rerun.push(...again.problems);
  proxy.reset();
  const after = await stateOfCase(place, scenario, expected);
  evidence.say(`state after the rerun: ${JSON.stringify(after)}`);
  const side = sideOfState(after);
  if (again.problems.length === 0 && side !== "to" && side !== "both" && fault.mayRefuse !== true)
    problems.loss.push(`after the rerun rows: ${after.rows}, files: ${after.settings}`);
  if (scenario.verb === "clean") problems.rerun.push(...(await cleanProblems(place)));
  const stays = await leftovers(place, running, 20_000);
  if (stays !== null) problems.exit.push(`left behind after the rerun: ${stays}`);
  if (scenario.verb === "run" && again.problems.length === 0 && random.below(4) === 0)
    await backAgain(context, expected, problems);
}

async function sourceProblems(place, scenario, problems) {
  try {
    const now = JSON.stringify(await place.sourceRows(scenario));
    if (now !== JSON.stringify(scenario.sourceDigest)) problems.loss.push(`the source holds other rows: ${now}`);
  } catch (thrown) {
    problems.loss.push(`the source cannot be read: ${thrown.message}`);
  }
}

/** What was moved after all can be taken back. */
async function backAgain({ place, scenario, evidence }, expected, problems) {
  const running = place.start(scenario, { verb: "rollback" });
  const result = await ended(running, place, 90_000, evidence);
  const state = await stateOfCase(place, scenario, expected);
  evidence.say(`rollback: exit ${result.exit}\n${result.stderr}\n${JSON.stringify(state)}`);
  const side = sideOfState(state);
  if (result.exit !== 0 || (side !== "from" && side !== "both"))
    problems.rerun.push(
      `rollback afterwards: exit ${result.exit} ${result.code ?? ""}, rows ${state.rows}, files ${state.settings}`,
    );
}
