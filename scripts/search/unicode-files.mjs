/** The probe's answer as TypeScript: runs of code points in hexadecimal, as src/search/unicode/runs.ts reads them. */

/** Text by file name. */
export function unicodeFiles({ version, categories, folds, marks }) {
  const made = `Made by scripts/search/probe-unicode.mjs from SQLite ${version}.`;
  const groups = Object.entries(categories).map(([name, points]) => `  ${name}: ${literal(runsOf(points))},\n`);
  const [plain, simple, complex] = folds;
  return {
    "categories.ts": `/**
 * The general category of every code point, as SQLite sees it; those in none are token characters under
 * any. ${made}
 */
export const categories = {
${groups.join("")}} as const;
`,
    "folds.ts": `/**
 * What a code point beyond ASCII becomes in a token: \`run=n\` is a run that becomes n, 0 for nothing;
 * of \`run>n\` the first becomes n and the others go along. Each level of remove_diacritics tells only what it does
 * otherwise than the one before. ${made}
 */
export const folds = [
  ${literal(foldsOf(plain))},
  ${literal(foldsOf(difference(plain, simple)))},
  ${literal(foldsOf(difference(simple, complex)))},
] as const;
`,
    "marks.ts": `/**
 * Diacritic marks: they go on with a token whatever their category.
 * ${made}
 */
export const marks = ${literal(runsOf(marks))};
`,
  };
}

/** As `41-5a 100-12e/2`: a run, or every second code point of one. */
function runsOf(points) {
  const runs = [];
  for (let i = 0; i < points.length; ) {
    const steps = [1, 2].map((step) => ({ step, past: runPast(points, i, step) }));
    const { step, past } = steps[1].past - i > 2 && steps[1].past > steps[0].past ? steps[1] : steps[0];
    runs.push(runText(points[i], points[past - 1], step));
    i = past;
  }
  return runs;
}

function foldsOf(map) {
  const out = [];
  const entries = [...map];
  for (let i = 0; i < entries.length; ) {
    const [first, to] = entries[i];
    const ways = [1, 2].flatMap((step) => [true, false].map((moved) => ({ step, moved, past: i })));
    for (const way of ways) {
      way.past = i + 1;
      while (way.past < entries.length && fits(entries, i, way)) way.past++;
    }
    const best = ways.reduce((a, b) => (b.past > a.past ? b : a));
    const constant = !best.moved || (best.past === i + 1 && to === 0);
    out.push(`${runText(first, entries[best.past - 1][0], best.step)}${constant ? "=" : ">"}${to.toString(16)}`);
    i = best.past;
  }
  return out;
}

function fits(entries, i, { step, moved, past }) {
  const [first, to] = entries[i];
  const [point, target] = entries[past];
  return point === first + step * (past - i) && (moved ? target - point === to - first : target === to);
}

function difference(before, after) {
  const points = new Set([...before.keys(), ...after.keys()]);
  const changed = [...points].filter((point) => (before.get(point) ?? point) !== (after.get(point) ?? point));
  return new Map(changed.sort((a, b) => a - b).map((point) => [point, after.get(point) ?? point]));
}

function runPast(points, i, step) {
  let past = i + 1;
  while (past < points.length && points[past] === points[past - 1] + step) past++;
  return past;
}

function runText(first, last, step) {
  const text = first === last ? first.toString(16) : `${first.toString(16)}-${last.toString(16)}`;
  return step === 2 && first !== last ? `${text}/2` : text;
}

/** In lines of at most 118 characters. */
function literal(runs) {
  const lines = [""];
  for (const run of runs) {
    const line = lines.at(-1);
    if (line.length + run.length >= 118) lines.push(run);
    else lines[lines.length - 1] = line === "" ? run : `${line} ${run}`;
  }
  return lines.length === 1 ? `"${lines[0]}"` : `\`\n${lines.join("\n")}\n\``;
}
