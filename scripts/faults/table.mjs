/** The outcomes as tables, and what repeats a case that failed. */

/** `kinds` with those that were skipped, `outcomes` of all. */
export function kindsTable(kinds, outcomes) {
  const lines = [
    ["fault", "cases", "struck", "no loss", "exit true", "rerun well", "failed"],
    ["---", "--:", "--:", "--:", "--:", "--:", "--:"],
  ];
  for (const { name, title, skipped } of kinds) {
    if (skipped) {
      lines.push([title, `skipped: ${skipped}`, "", "", "", "", ""]);
      continue;
    }
    const mine = outcomes.filter(({ kind }) => kind === name);
    if (mine.length === 0) continue;
    lines.push([title, ...figures(mine)]);
  }
  lines.push(["all", ...figures(outcomes)]);
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function figures(outcomes) {
  const without = (...types) =>
    outcomes.filter(({ problems }) => !problems.some(({ type }) => types.includes(type))).length;
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length;
  const struck = outcomes.filter(({ struck: one }) => one).length;
  return [
    outcomes.length,
    struck,
    without("loss", "harness"),
    without("exit", "hang", "harness"),
    without("rerun", "harness"),
    failed,
  ];
}

/** How often each phase, and each step of the journal, was where a fault struck. */
export function coverageTable(outcomes) {
  const phases = "preflight snapshot transform profile plan load finish validate cutover rollback".split(" ");
  const steps = ["cutover", "schema switched", "files switched", "healthy", "done", "rollback", "undone"];
  const hits = outcomes.map(({ hit }) => hit).filter((hit) => hit !== null);
  const row = (label, names, of) =>
    `${label}: ${names.map((name) => `${name} ${hits.filter((hit) => hit[of] === name).length}`).join(", ")}`;
  const all = [...phases.map((name) => ["phase", name]), ...steps.map((name) => ["journal", name])];
  // a part of the cases cannot hit all of them
  const seldom = (outcomes.length < 900 ? [] : all)
    .filter(([of, name]) => hits.filter((hit) => hit[of] === name).length < 10)
    .map(([, name]) => name);
  return [
    row("struck in phase", phases, "phase"),
    row("struck after the journal's step", steps, "journal"),
    ...(seldom.length === 0 ? [] : [`fewer than ten times: ${seldom.join(", ")}`]),
  ].join("\n");
}

export function failureText(outcome, seed) {
  const { kind, number, scenario, fault, moment, problems, evidence } = outcome;
  return [
    `${kind} ${number}: ${scenario}; ${fault ?? moment}`,
    ...problems.map(({ type, text }) => `  ${type}: ${text}`),
    `  again: npm run faults -- --seed ${seed} --only ${kind} --case ${number}`,
    ...(evidence === undefined ? [] : [`  evidence: ${evidence}`]),
  ].join("\n");
}
