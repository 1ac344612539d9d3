/**
 * Judges one expectation after another: an object of the source stands in the
 * target, or its loss was accepted, or it is a difference. A loss that was
 * accepted stays visible as a note.
 */
import type { HazardCode } from "../../../core/plan/hazards.ts";
import type { Hazard, Plan } from "../../../core/plan/plan.ts";
import type { Findings } from "../../findings.ts";

export type Expectation = {
  /** Source table or object. */
  readonly table: string;
  readonly column?: string;
  /** What is expected, as the start of a sentence: `The unique index idx_a`. */
  readonly what: string;
  readonly holds: boolean;
  /** What is there instead, as the rest of that sentence. */
  readonly instead?: string;
  /** Hazards whose acceptance (or one policy of it, as `CODE:policy`) explains the absence; none unless given. */
  readonly codes?: readonly Excuse[];
  /** The places such a hazard may name, most particular first. */
  readonly places?: readonly string[];
  readonly source?: string;
  readonly target?: string | null;
};

export type Excuse = HazardCode | `${HazardCode}:${string}`;

export type Expectations = {
  /** Things examined. */
  readonly checked: number;
  expect(expectation: Expectation): Promise<void>;
  /** Whether the plan says that the object does not travel. */
  isLeftOut(kind: string, object: string): boolean;
};

export function expectations(plan: Plan, findings: Findings): Expectations {
  let checked = 0;
  const uses = new Map<Hazard, number>();
  return {
    get checked() {
      return checked;
    },
    async expect({ table, column, what, holds, instead, codes = [], places = [], source, target }) {
      checked += 1;
      if (holds) return;
      const hazard = acceptedHazard(plan, uses, codes, places);
      const described = {
        table,
        column: column ?? null,
        source: source ?? null,
        target: target ?? null,
        message: `${what} ${instead ?? "is not in the target"}${hazard ? `, as accepted (${hazard.code}: ${hazard.policy})` : ""}.`,
      };
      if (hazard) findings.note(described);
      else await findings.difference(() => described);
    },
    isLeftOut: (kind, object) =>
      plan.leftOut.some((left) => left.object === object || left.object === `${kind} ${object}`),
  };
}

/** One hazard explains as many objects as it counts, so that a second loss cannot hide behind the first. */
function acceptedHazard(
  plan: Plan,
  uses: Map<Hazard, number>,
  codes: readonly Excuse[],
  places: readonly string[],
): Hazard | undefined {
  for (const place of places) {
    const hazard = plan.hazards.find(
      (candidate) =>
        candidate.at === place &&
        candidate.policy !== null &&
        (codes.includes(candidate.code) || codes.includes(`${candidate.code}:${candidate.policy}`)) &&
        (uses.get(candidate) ?? 0) < Math.max(1, candidate.count),
    );
    if (!hazard) continue;
    uses.set(hazard, (uses.get(hazard) ?? 0) + 1);
    return hazard;
  }
  return undefined;
}
