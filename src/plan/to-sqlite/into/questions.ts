/** Values that a column of the file would not keep as they are → hazards, with the policies that take all of them. */

import { plural } from "../../../core/messages/count.ts";
import type { HazardCode } from "../../../core/plan/hazards.ts";
import type { CellAction, CellRule } from "../../../core/plan/plan.ts";
import type { Affinity } from "../../../core/schema/catalog.ts";
import type { FileProblemFit, FileReading } from "../../../core/schema/file-schema.ts";
import type { LiveProblem } from "../../../core/schema/live-type.ts";
import type { Hazards } from "../../acceptance.ts";

export type FileAsking = {
  /** `table.column` of the source. */
  readonly at: string;
  readonly into: string;
  readonly type: string;
  readonly reading: FileReading;
  readonly nullable: boolean;
  readonly problems: readonly FileProblemFit[];
};

export function askAboutFile(asking: FileAsking, hazards: Hazards): CellRule[] {
  const groups = new Map<HazardCode, FileProblemFit[]>();
  for (const problem of asking.problems) {
    const code = codeOf(problem.problem);
    groups.set(code, [...(groups.get(code) ?? []), problem]);
  }
  return [...groups].flatMap(([code, problems]): CellRule[] => {
    const policy = hazards.meet({
      code,
      at: asking.at,
      count: problems.reduce((sum, { found }) => sum + found.count, 0),
      samples: problems.flatMap(({ found }) => found.samples).slice(0, 4),
      message: messageOf(asking, problems),
      offered: [...waysOf(code, asking.reading), ...(asking.nullable ? ["null"] : []), "quarantine"],
    });
    if (policy === null) return [];
    const when = { kind: "unfit", problems: problems.map(({ problem }) => problem) } as const;
    return [{ code, when, then: policy as CellAction }];
  });
}

function codeOf(problem: LiveProblem): HazardCode {
  if (problem === "respelled") return "TARGET_RESPELLS";
  return problem === "digits" ? "TARGET_NARROWS" : "MIXED_CLASSES";
}

function waysOf(code: HazardCode, { as, affinity }: FileReading): string[] {
  if (code === "TARGET_RESPELLS") return ["respell"];
  if (code === "TARGET_NARROWS") return ["round"];
  return as === "json" && affinity === "TEXT" ? ["reinterpret"] : [];
}

function messageOf({ at, into, type, reading }: FileAsking, problems: readonly FileProblemFit[]): string {
  const parts = problems.map(
    ({ problem, found }) => `${plural(found.count, "value")} ${words(problem, reading, found.count === 1)}`,
  );
  return `${parts.join(", ")}; ${into === at ? "the column" : into} is ${type === "" ? "without a type" : type}${reading.only === null ? "" : ", and takes no other class"}`;
}

const stored: Readonly<Record<Affinity, string>> = {
  TEXT: "texts",
  INTEGER: "INTEGERs where it can",
  NUMERIC: "numbers, without a fraction of zero",
  REAL: "REALs",
  BLOB: "what comes",
};

/** Completes "3 values …", or "1 value …". */
function words(problem: LiveProblem, { affinity, as }: FileReading, one: boolean): string {
  const is = one ? "is" : "are";
  switch (problem) {
    case "respelled":
      return `would not stay as ${one ? "it is" : "they are"}: under the column's type SQLite stores ${stored[affinity]}`;
    case "digits":
      return `${one ? "has" : "have"} more digits than the column's numbers keep`;
    case "json":
      return `${is} nested JSON beside texts, which may say the same`;
    default:
      return as === "json" ? `${is} no text in JSON` : `${is} of another storage class than the column takes`;
  }
}
