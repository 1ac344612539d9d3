/** The figures as aligned text. */
import { aligned } from "../aligned.mjs";

export function classesTable(classes, i) {
  const lines = [...classes].map(([kind, { queries, excluded, servers, timed }]) => {
    const sums = servers[i];
    return [
      kind,
      String(queries),
      String(Object.values(excluded).reduce((sum, n) => sum + n, 0)),
      String(sums.errors),
      share(sums.sets, sums.asked),
      share(sums.order10, sums.scored),
      share(sums.order50, sums.scored),
      share(sums.sameScores, sums.scored),
      ...times(timed, i, "ranked"),
      ...times(timed, i, "unranked"),
    ];
  });
  return aligned([
    [
      "class",
      "queries",
      "excluded",
      "errors",
      "sets",
      "order@10",
      "order@50",
      "scores",
      ...["ranked FTS5", "PostgreSQL", "ratio", "unranked FTS5", "PostgreSQL", "ratio"],
    ],
    ...lines,
  ]);
}

/** Which rule left out how many; of those asked, whose scores are not judged. */
export function exclusionLines(classes, i) {
  return [...classes].flatMap(([kind, { excluded, servers }]) => [
    ...Object.entries(excluded).map(([reason, n]) => `  ${kind}: ${n} not asked: ${reason}`),
    ...(servers[i].oddScores > 0
      ? [
          `  ${kind}: order and scores of ${servers[i].oddScores} not judged: FTS5 counts words of a NEAR or NOT that failed`,
        ]
      : []),
  ]);
}

export function buildingTable(figures) {
  const lines = figures.map(({ table, server, tokens, read, loaded, tokenised }) => {
    const million = tokens / 1e6;
    const copied = read + loaded;
    return [
      table,
      server,
      tokens.toLocaleString("en-US"),
      seconds(read / million),
      seconds(loaded / million),
      seconds(copied / million),
      seconds(tokenised / million),
      ratio(tokenised, copied),
    ];
  });
  return aligned([
    ["seconds per million tokens", "server", "tokens", "read index", "COPY", "copied", "tokenised", "of copied"],
    ...lines,
  ]);
}

export function writingTable(figures) {
  const lines = figures.map(({ key, server, rows, exact, plain }) => [
    key,
    server,
    rows.toLocaleString("en-US"),
    rate(exact),
    rate(plain),
    ratio(plain, exact),
  ]);
  return aligned([
    ["rows written a second", "server", "rows", "as FTS5", "to_tsvector('simple')", "slower by"],
    ...lines,
  ]);
}

export function differenceLines(differing) {
  const shown = differing.slice(0, 40).map((one) => `  ${JSON.stringify(one)}`);
  return differing.length > 40 ? [...shown, `  … and ${differing.length - 40} more`] : shown;
}

function times(timed, i, kind) {
  const fts5 = timed.map((one) => one.fts5[kind]);
  const postgres = timed.map((one) => one.postgres[i][kind]);
  return [milliseconds(fts5), milliseconds(postgres), ratio(quantile(postgres, 0.5), quantile(fts5, 0.5))];
}

function milliseconds(values) {
  if (values.length === 0) return "–";
  return `${short(quantile(values, 0.5))} / ${short(quantile(values, 0.95))}`;
}

function short(value) {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * at) - 1)] ?? Number.NaN;
}

/** Cut, not rounded: 100.00 % is all of them. */
function share(part, whole) {
  return whole === 0 ? "–" : `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}

function ratio(a, b) {
  return Number.isFinite(a / b) ? `${(a / b).toFixed(1)} ×` : "–";
}

function rate(value) {
  return Math.round(value).toLocaleString("en-US");
}

function seconds(value) {
  return `${value.toFixed(2)} s`;
}
