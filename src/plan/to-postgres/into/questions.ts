/** Values that a live column does not take as they are → hazards, each with the policies that could take all of them. */
import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { HazardCode } from "../../../core/plan/hazards.ts";
import type { ProblemFit } from "../../../core/plan/live-fit.ts";
import type { CellAction, CellRule, Hazard } from "../../../core/plan/plan.ts";
import type { Found, Sample } from "../../../core/plan/profile.ts";
import type { LiveProblem, LiveType } from "../../../core/schema/live-type.ts";
import type { Hazards } from "../../acceptance.ts";

export type Asking = {
  /** `table.column` of the source. */
  readonly at: string;
  readonly into: string;
  readonly type: LiveType;
  readonly nullable: boolean;
  /** It identifies rows or points to others: a value cut short could collide with another, or miss its parent. */
  readonly linked: boolean;
  /** Rows can be identified, so that single ones can be left out. */
  readonly problems: readonly ProblemFit[];
  /** All values that are not NULL. */
  readonly values: number;
  readonly objection: string | null;
  /** More texts were refused or respelled than the plan can hold answers for. */
  readonly tooMany: boolean;
};

/** Rules of the accepted policies. Unanswered questions are among the hazards, and such a plan is never executed. */
export function askAbout(asking: Asking, hazards: Hazards): CellRule[] {
  const groups = new Map<HazardCode, ProblemFit[]>();
  for (const problem of asking.problems) {
    const code = codeOf(problem.problem, asking);
    groups.set(code, [...(groups.get(code) ?? []), problem]);
  }
  return [...groups].flatMap(([code, problems]) => {
    const cut = asking.tooMany && problems.some(({ problem }) => problem === "respelled" || problem === "unreadable");
    const offered = cut
      ? []
      : [...waysOfAll(code, problems, asking.linked), ...(asking.nullable ? ["null"] : []), "quarantine"];
    const count = problems.reduce((sum, { found }) => sum + found.count, 0);
    const policy = hazards.meet({
      code,
      at: asking.at,
      count,
      samples: spread(problems.map(({ found }) => found)),
      message: `${messageOf(asking, problems)}${cut ? "; they are too many to be answered one policy at a time: give them the target's form by a transform" : ""}`,
      offered,
      ...(code === "READING_UNKNOWN" ? { answer: answerOf(asking, problems) } : {}),
    });
    if (policy === null) return [];
    const when = { kind: "unfit", problems: problems.map(({ problem }) => problem) } as const;
    return [{ code, when, then: policy as CellAction }];
  });
}

function codeOf(problem: LiveProblem, { values, problems, type }: Asking): HazardCode {
  switch (problem) {
    case "class":
    case "json":
      return "MIXED_CLASSES";
    case "bytes": {
      if (type.kind === "uuid") return "READING_UNKNOWN";
      const found = problems.find((one) => one.problem === "bytes")?.found.count ?? 0;
      // Where all values are such bytes, the column is uniform, and only how to read it is unknown.
      return found === values || found === 0 ? "READING_UNKNOWN" : "MIXED_CLASSES";
    }
    case "empty":
      return "EMPTY_TEXT";
    case "respelled":
    case "layout":
      return "TARGET_RESPELLS";
    case "zone":
    case "offset":
    case "epoch":
    case "array":
    case "interval":
      return "READING_UNKNOWN";
    default:
      return "TARGET_NARROWS";
  }
}

/** The ways that take every one of the values. */
function waysOfAll(code: HazardCode, problems: readonly ProblemFit[], linked: boolean): string[] {
  if (code === "READING_UNKNOWN") return [];
  const [first, ...others] = problems;
  return Object.entries(first?.ways ?? {})
    .filter(([way]) => !linked || (way !== "round" && way !== "truncate"))
    .filter(([way, fails]) => fails === 0 && others.every(({ ways }) => ways[way] === 0))
    .map(([way]) => way);
}

function messageOf(asking: Asking, problems: readonly ProblemFit[]): string {
  const { into, type, problems: all, objection, at } = asking;
  const parts = problems.map(
    ({ problem, found }) => `${plural(found.count, "value")} ${words(problem, type, found.count === 1)}`,
  );
  const serverMessage =
    objection !== null && all.some(({ problem }) => problem === "unreadable") ? ` (the server says: ${objection})` : "";
  const [first] = problems;
  // A question that `interpret` answers never leaves a row out.
  const read = first !== undefined && codeOf(first.problem, asking) === "READING_UNKNOWN";
  const count = problems.reduce((sum, { found }) => sum + found.count, 0);
  const pointing = read ? 0 : problems.reduce((sum, one) => sum + (one.pointing ?? 0), 0);
  const along =
    pointing === 0
      ? ""
      : `; ${plural(pointing, "row points", "rows point")} to ${count === 1 ? "it" : "them"}, and would go into quarantine along`;
  return `${parts.join(", ")}; ${into === at ? "the column" : into} is ${type.written}${serverMessage}${along}`;
}

/** Completes "3 values …", or "1 value …". */
function words(problem: LiveProblem, { kind, size, scale }: LiveType, one: boolean): string {
  const is = one ? "is" : "are";
  switch (problem) {
    case "class":
      return `${is} of another storage class than the column is for`;
    case "json":
      return `${is} a text in JSON, with its quotes, beside values that are none`;
    case "bytes":
      return kind === "bytea" ? `${is} text, and would become bytes` : one ? "is a BLOB" : "are BLOBs";
    case "empty":
      return `${is} the empty text`;
    case "too large":
      return `${is} out of its range`;
    case "too long":
      return `${one ? "has" : "have"} more than ${size} characters`;
    case "blanks":
      return `${one ? "ends" : "end"} in blanks, which it does not keep`;
    case "fraction":
      return `${one ? "has" : "have"} a fraction`;
    case "digits":
      return kind === "numeric"
        ? `${one ? "has" : "have"} more than ${scale} digits after the point`
        : kind === "float"
          ? `${one ? "has" : "have"} more digits than it keeps`
          : `${is} finer than it keeps`;
    case "time of day":
      return `${one ? "has" : "have"} a time of day`;
    case "respelled":
      return `${one ? "stands" : "stand"} there in another spelling`;
    case "layout":
      return `${is} written in another layout than the others`;
    case "zone":
      return `${one ? "names" : "name"} no time zone`;
    case "offset":
      return `${one ? "has" : "have"} an offset from UTC`;
    case "epoch":
    case "interval":
      return one ? "is a number" : "are numbers";
    case "array":
      return one ? "is a JSON array" : "are JSON arrays";
    case "unreadable":
      return `${one ? "has" : "have"} no place in it`;
  }
}

/** The line that answers it; where there is a choice, the alternatives follow. */
function interpretation(
  { type }: Asking,
  problems: readonly ProblemFit[],
): { readonly how: string; readonly or: string } {
  const kinds = problems.map(({ problem }) => problem);
  const choice = (how: string, or = ""): { how: string; or: string } => ({ how, or: or === "" ? "" : `  # ${or}` });
  if (kinds.includes("epoch")) return choice(`epoch: ${guessedUnit(problems)}`, "or s, ms, us, ns, ticks");
  if (kinds.includes("zone")) return choice("zone: UTC", "or a zone's name, such as Europe/Berlin");
  if (kinds.includes("offset")) return choice("zone: utc", "converts; or wall, which drops the offset");
  if (kinds.includes("interval")) return choice("interval: us", "or s, ms, ticks");
  if (kinds.includes("array")) return choice("arrays: json");
  if (type.kind === "uuid") return choice("uuid: rfc", "or dotnet");
  return choice("bytes: utf8", type.kind === "bytea" ? "or hex, base64" : "");
}

function answerOf(asking: Asking, problems: readonly ProblemFit[]): NonNullable<Hazard["answer"]> {
  const { how, or } = interpretation(asking, problems);
  return {
    under: "interpret",
    lines: [`- { column: ${yamlText(asking.at)}, ${how} }${or}`],
    forAll: `- { type: ${yamlText(shortName(asking.type))}, ${how} }${or}`,
  };
}

/** In the notation that people use. */
function shortName({ base }: LiveType): string {
  const names: Readonly<Record<string, string>> = {
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
  };
  return names[base] ?? base;
}

/** A proposal by magnitude, for people to check: 1,700,000,000 seconds are the year 2023. */
function guessedUnit(problems: readonly ProblemFit[]): string {
  const value = problems.find(({ problem }) => problem === "epoch")?.found.samples[0]?.value ?? "";
  const digits = (/-?(\d+)/.exec(value)?.[1] ?? "").length;
  if (digits <= 11) return "s";
  if (digits <= 14) return "ms";
  return digits <= 17 ? "us" : digits === 18 ? "ticks" : "ns";
}

function spread(found: readonly Found[]): Sample[] {
  const [first, ...others] = found;
  if (first === undefined) return [];
  return others.length === 0 ? [...first.samples] : found.flatMap(({ samples }) => samples.slice(0, 2)).slice(0, 4);
}
