/** Hazards found while planning, and who accepted them. */

import { defaultPolicy, type HazardCode, keepsValues, needsAnswer } from "../core/plan/hazards.ts";
import type { Hazard, Note } from "../core/plan/plan.ts";
import type { Sample } from "../core/plan/profile.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import type { Acceptance, Settings } from "../core/settings.ts";

type Met = {
  readonly code: HazardCode;
  readonly at: string;
  readonly message: string;
  readonly count?: number;
  readonly samples?: readonly Sample[];
  /** Policies that could be taken here, the proposed one first. */
  readonly offered?: readonly string[];
  readonly answer?: NonNullable<Hazard["answer"]>;
};

type Answer = Pick<Hazard, "policy" | "accepted"> & { readonly entry: Acceptance | null; readonly objection: string };

export class Hazards {
  readonly found: Hazard[] = [];
  readonly #settings: Settings;
  readonly #used = new Set<Acceptance>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Records the hazard; returns the accepted policy, or null while it is not accepted. */
  meet(met: Met): string | null {
    const { policy, accepted, entry, objection } = this.#answer(met);
    this.found.push({
      code: met.code,
      at: met.at,
      message: `${met.message}${objection}`,
      samples: met.samples ?? [],
      count: met.count ?? 1,
      ...(met.offered === undefined ? {} : { offered: met.offered }),
      ...(met.answer === undefined ? {} : { answer: met.answer }),
      policy,
      accepted,
      why: entry?.why ?? null,
    });
    return policy;
  }

  /** A policy that is not offered here is no answer. */
  #answer({ code, at, offered }: Met): Answer {
    const entry = this.#entry(code, at);
    const given =
      entry === null ? null : (entry.policy ?? (needsAnswer(code) ? null : (offered?.[0] ?? defaultPolicy(code))));
    if (given !== null && (offered === undefined || offered.includes(given)))
      return { policy: given, accepted: "pipeline", entry, objection: "" };
    const none = { policy: null, accepted: null, entry };
    if (given !== null) return { ...none, objection: `; the policy "${given}" cannot take them` };
    if (entry !== null) return { ...none, objection: "; the accept entry names no policy" };
    if (!this.#settings.acceptAll || needsAnswer(code)) return { ...none, objection: "" };
    // Where none carries the values, quarantine at least has them whole.
    const policy =
      offered?.find((name) => keepsValues(code, name)) ??
      (offered?.includes("quarantine") === true ? "quarantine" : (offered?.[0] ?? defaultPolicy(code)));
    return { policy, accepted: "accept-all", entry, objection: "" };
  }

  /** The policy of an `accept` entry alone: for what has an exact way that needs no acceptance. */
  chosen(code: HazardCode, at: string): string | null {
    const entry = this.#entry(code, at);
    return entry === null ? null : (entry.policy ?? defaultPolicy(code));
  }

  /** Entries for what only shows later: they never count as unused. `wanted`: by the place that they name. */
  standing(code: HazardCode, wanted: (at: string) => boolean): readonly Acceptance[] {
    const entries = this.#settings.accept.filter((one) => one.code === code && (one.at === null || wanted(one.at)));
    for (const entry of entries) this.#used.add(entry);
    return entries;
  }

  /** Whether an entry names exactly this object, to go without it although it could be carried. */
  givesUp(code: HazardCode, at: string): boolean {
    const entry = this.#settings.accept.find((one) => one.code === code && same(one.at, at));
    if (entry !== undefined) this.#used.add(entry);
    return entry !== undefined;
  }

  unused(): Note[] {
    return this.#settings.accept
      .filter((entry) => !this.#used.has(entry))
      .map((entry) => ({
        code: "ACCEPT_UNUSED",
        at: entry.at ?? "",
        message: `The accept entry ${entry.code}${entry.at === null ? "" : ` for ${entry.at}`} met nothing; it can be removed.`,
      }));
  }

  /** The most exact entry wins: object or column, then table, then everywhere; of two for the same place the later one. */
  #entry(code: HazardCode, at: string): Acceptance | null {
    const candidates = this.#settings.accept.filter((entry) => entry.code === code);
    const entry =
      candidates.findLast((c) => same(c.at, at)) ??
      // Names may hold dots themselves, so the table is whatever stands before one of them.
      candidates.find((c) => c.at !== null && foldName(at).startsWith(`${foldName(c.at)}.`)) ??
      candidates.find((c) => c.at === null) ??
      null;
    if (entry !== null) this.#used.add(entry);
    return entry;
  }
}

function same(a: string | null, b: string): boolean {
  return a !== null && sameName(a, b);
}
