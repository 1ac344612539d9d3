/** One full-text table: its rows' words first, then the same queries on both sides. */
import { setImmediate } from "node:timers/promises";
import type { ClassReport, IndexReport } from "../../../core/search-report.ts";
import type { Findings } from "../../findings.ts";
import type { Source } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { type Comparison, compareAnswers } from "./answer.ts";
import { type Cause, causeFinder, isExpected } from "./causes.ts";
import { excludedBecause, hasOddScores } from "./exclusions.ts";
import type { SearchIndex } from "./input.ts";
import { readMaterial } from "./queries/material.ts";
import { makeQueries, type Query, type Shape } from "./queries/queries.ts";
import { examineRows, type KnownRows } from "./rows/rows.ts";
import { indexedColumns } from "./rows/token-streams.ts";
import { sourceSearch } from "./source-search.ts";
import { tallyOf } from "./tally.ts";
import { targetSearch } from "./target-search.ts";
import { type Differing, judge } from "./verdict.ts";

/** `yours`: the user's own queries for this table. */
export async function checkIndex(
  source: Source,
  target: Target,
  index: SearchIndex,
  yours: readonly string[],
  input: ValidatorInput,
  findings: Findings,
): Promise<IndexReport> {
  const rows = await examineRows(source, target, index, input, findings);
  const asked = await ask(source, target, index, yours, rows, input);
  await judge(index, asked, findings);
  const causes: Record<string, number> = {};
  for (const { cause } of asked.differing) causes[cause] = (causes[cause] ?? 0) + 1;
  return {
    table: index.table.source,
    mode: index.search.mode,
    tokens: rows.report,
    classes: asked.classes,
    causes,
    excluded: asked.excluded,
  };
}

async function ask(
  source: Source,
  target: Target,
  index: SearchIndex,
  yours: readonly string[],
  rows: KnownRows,
  { emit, signal }: ValidatorInput,
): Promise<{ classes: ClassReport[]; differing: Differing[]; excluded: Record<string, number> }> {
  const queries = allQueries(source, index, yours);
  const ours = sourceSearch(source, index);
  const theirs = targetSearch(target, index);
  const causeOf = causeFinder(source, target, index, rows);
  const tallies = new Map([...new Set(queries.map((query) => query.class))].map((kind) => [kind, tallyOf(kind)]));
  const differing: Differing[] = [];
  const excluded: Record<string, number> = {};
  const exclude = (reason: string) => {
    excluded[reason] = (excluded[reason] ?? 0) + 1;
  };
  for (const [done, query] of queries.entries()) {
    signal.throwIfAborted();
    const reason = excludedBecause(query.text, index.fullText.module, index.fullText.tokenize);
    if (reason !== null) {
      exclude(reason);
      continue;
    }
    const a = ours(query.text);
    const b = await theirs(query.text);
    const compared = compareAnswers(a, b);
    const odd = compared.sets && !compared.sameScores && hasOddScores(query.text, compared.differentScores);
    if (odd) exclude("scores only: FTS5 counts words of a NEAR or NOT that failed");
    const comparison: Comparison = odd ? { ...compared, ...alike } : compared;
    tallies.get(query.class)?.add(a, b, comparison);
    if (differs(comparison, index)) {
      const cause: Cause = await causeOf(query.text, comparison);
      differing.push({ query, cause, comparison, source: brief(a), target: brief(b), judged: !isExpected(cause) });
    }
    if (done % 25 === 24) {
      emit({
        type: "progress",
        phase: "validate",
        item: index.table.source,
        done,
        total: queries.length,
        unit: "steps",
      });
      await setImmediate();
    }
  }
  return { classes: [...tallies.values()].map((tally) => tally.report()), differing, excluded };
}

const alike = { order10: true, order50: true, sameScores: true, maxScoreDifference: 0, differentScores: 0 } as const;

function allQueries(source: Source, index: SearchIndex, yours: readonly string[]): Query[] {
  const { check } = index.search;
  const { module, detail, tokenize } = index.fullText;
  const columns = indexedColumns(index).map((column) => column.source);
  const shape: Shape = { module, detail, columns, trigram: /^\s*'?"?trigram/i.test(tokenize) };
  const own = yours.map((text): Query => ({ class: "yours", text }));
  return [...makeQueries(readMaterial(source, index, check.seed), shape, check), ...own];
}

function differs(
  { outcome, sets, sameText, order50, sameScores }: Comparison,
  { fullText, search }: SearchIndex,
): boolean {
  if (outcome === "refused") return search.mode === "exact" && fullText.module === "fts5" && !sameText;
  if (!sets || fullText.module !== "fts5") return !sets;
  return !order50 || (search.mode === "exact" && !sameScores);
}

function brief(answer: ReturnType<ReturnType<typeof sourceSearch>>): string {
  if (!answer.ok) return `error: ${answer.error}`;
  const first = answer.ids.slice(0, 10).join(", ");
  return `${answer.ids.length} rows${first === "" ? "" : `: ${first}${answer.ids.length > 10 ? " …" : ""}`}`;
}
