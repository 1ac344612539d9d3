/** Which of the differing queries are differences: those of a kind whose share falls below its threshold. */

import type { ClassReport } from "../../../core/search-report.ts";
import type { Findings } from "../../findings.ts";
import type { Comparison } from "./answer.ts";
import type { Cause } from "./causes.ts";
import type { SearchIndex } from "./input.ts";
import type { Query } from "./queries/queries.ts";

export type Differing = {
  readonly query: Query;
  readonly cause: Cause;
  readonly comparison: Comparison;
  readonly source: string;
  readonly target: string;
  /** False when the answer differs as it should. */
  readonly judged: boolean;
};

export async function judge(
  { search, table }: SearchIndex,
  { classes, differing }: { readonly classes: readonly ClassReport[]; readonly differing: readonly Differing[] },
  findings: Findings,
): Promise<void> {
  const asked = classes.reduce((sum, { queries }) => sum + queries, 0);
  const { thresholds } = search.check;
  const failing = measures.filter(({ key, fails }) => {
    const threshold = thresholds[key];
    const failed = differing.filter((one) => one.judged && fails(one.comparison)).length;
    return threshold !== null && asked > 0 && (asked - failed) / asked < threshold;
  });
  // PostgreSQL's own search differs in most queries: a line for each would say nothing.
  const most = search.mode === "native" ? 20 : Number.POSITIVE_INFINITY;
  let noted = 0;
  for (const one of differing) {
    const described = {
      table: table.source,
      source: one.source,
      target: one.target,
      message: `The query ${shortened(one.query.text)} (${one.query.class}) ${how(one)}.`,
    };
    if (one.judged && failing.some(({ fails }) => fails(one.comparison))) await findings.difference(() => described);
    else if (noted++ < most) findings.note(described);
  }
}

const measures = [
  { key: "sets", fails: ({ sets }: Comparison) => !sets },
  { key: "order10", fails: ({ sets, order10 }: Comparison) => !sets || !order10 },
  { key: "order50", fails: ({ sets, order50 }: Comparison) => !sets || !order50 },
] as const;

function how({ cause, comparison: { outcome, sets, order50, maxScoreDifference, missing, extra } }: Differing): string {
  if (outcome === "refused") return "is refused by both, with another text";
  if (outcome === "refused by one") return "is refused by one side only";
  if (!sets) {
    const lacks = [
      ...(missing.count > 0 ? [`lacks ${missing.count} (rowid ${list(missing.ids)})`] : []),
      ...(extra.count > 0 ? [`has ${extra.count} more (rowid ${list(extra.ids)})`] : []),
    ];
    return `${lacks.join(" and ")}: ${cause}`;
  }
  if (!order50) return `finds the same rows in another order: ${cause}`;
  return `finds the same rows with scores that differ by up to ${maxScoreDifference.toPrecision(2)}: ${cause}`;
}

function list(ids: readonly bigint[]): string {
  return `${ids.slice(0, 5).join(", ")}${ids.length > 5 ? " …" : ""}`;
}

function shortened(query: string): string {
  return query.length > 200 ? `${query.slice(0, 200)}…` : query;
}
