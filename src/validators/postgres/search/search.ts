/**
 * Search equivalence: the same queries on the snapshot, by the real FTS5, and on PostgreSQL. Before that, every
 * word of every row; beside it, LIKE and NOCASE for the columns that the pipeline names.
 */

import type { ValidatorResult } from "../../../core/finding.ts";
import type { QueryFile } from "../../../core/schema/full-text.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { IndexReport, LikeReport, SearchReport } from "../../../core/search-report.ts";
import { collectFindings, type Findings } from "../../findings.ts";
import { quoteName } from "../../quote.ts";
import { openSource, type Source } from "../../source-reader.ts";
import { type Target, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { checkIndex } from "./index-check.ts";
import { indexesOf, type SearchIndex } from "./input.ts";
import { compareLike } from "./like.ts";
import { notCompared } from "./not-compared.ts";
import { readQueries } from "./queries/query-files.ts";
import { summarise } from "./summary.ts";

export async function search(input: ValidatorInput): Promise<ValidatorResult & { readonly search: SearchReport }> {
  const started = performance.now();
  const findings = collectFindings("search");
  const indexes: IndexReport[] = [];
  const like: LikeReport[] = [];
  const plan = input.plan.search;
  if (plan !== undefined) {
    const files = await readFiles(plan.check.files);
    const source = openSource(input.snapshot);
    try {
      await withTarget(input, async (target) => {
        for (const index of indexesOf(input.plan, input.catalog, input.schema, plan)) {
          if (isComparable(index, findings))
            indexes.push(await checkIndex(source, target, index, yoursFor(index, files), input, findings));
        }
        like.push(...(await checkLike(source, target, input, findings)));
      });
    } finally {
      source.close();
    }
  }
  const report: SearchReport = { indexes, like };
  return {
    validator: "search",
    passed: findings.differences === 0,
    checked: {
      rows: indexes.reduce((sum, { tokens }) => sum + (tokens?.rows ?? 0), 0),
      objects: indexes.length + like.length,
    },
    findings: findings.kept,
    differences: findings.differences,
    summary: summarise(report, notCompared(input.plan, input.catalog)),
    seconds: (performance.now() - started) / 1000,
    search: report,
  };
}

type ReadFile = { readonly file: QueryFile; readonly queries: readonly string[] };

async function readFiles(files: readonly QueryFile[]): Promise<ReadFile[]> {
  return Promise.all(files.map(async (file) => ({ file, queries: await readQueries(file) })));
}

function yoursFor({ table }: SearchIndex, files: readonly ReadFile[]): string[] {
  const asked = files.filter(({ file }) => file.table === undefined || sameName(file.table, table.source));
  return [...new Set(asked.flatMap(({ queries }) => queries))];
}

function isComparable({ selected, table }: SearchIndex, findings: Findings): boolean {
  if (!selected) return true;
  findings.note({
    table: table.source,
    message: "Only some of the rows are moved, so answers cannot be those of the source; search was not compared.",
  });
  return false;
}

async function checkLike(
  source: Source,
  target: Target,
  { plan, schema, state, run, signal }: ValidatorInput,
  findings: Findings,
): Promise<LikeReport[]> {
  const reports: LikeReport[] = [];
  for (const like of plan.search?.like ?? []) {
    const table = plan.tables.find((candidate) => candidate.source === like.table);
    const { report, differences } = await compareLike(
      source,
      target,
      { like, schema, table },
      plan.search?.check ?? {
        queries: 0,
        seed: 0,
        files: [],
        thresholds: { sets: null, order10: null, order50: null },
      },
      signal,
    );
    reports.push(report);
    const treated = await isTreated(target, { state, run }, like.table);
    for (const { pattern, source: ours, target: theirs } of differences) {
      const described = {
        table: like.table,
        column: like.column,
        source: ours,
        target: theirs,
        message: `${pattern.kind === "like" ? "LIKE" : "= … COLLATE NOCASE"} ${pattern.text} finds other rows${treated ? "; rows of the table were changed on purpose" : ""}.`,
      };
      if (treated) findings.note(described);
      else await findings.difference(() => described);
    }
  }
  return reports;
}

async function isTreated(target: Target, { state, run }: { state: string; run: string }, table: string) {
  const schema = quoteName(state);
  const [row] = await target.query(
    `SELECT EXISTS (SELECT FROM ${schema}.ledger WHERE run_id = $1 AND table_name = $2) OR EXISTS (SELECT FROM ${schema}.quarantine WHERE run_id = $1 AND table_name = $2)`,
    [run, table],
  );
  return row?.[0] === "t";
}
