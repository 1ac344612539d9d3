/** Seeded random numbers, so that a run can be repeated query by query. */
export type Random = {
  /** 0 ≤ n < 1. */
  next(): number;
  /** 0 ≤ n < below. */
  below(below: number): number;
  /** Undefined only of an empty list. */
  pick<T>(list: readonly T[]): T | undefined;
  chance(share: number): boolean;
};

/** `stream` keeps classes apart: more queries of one change nothing in another. */
export function randomOf(seed: number, stream: string): Random {
  let state = seed >>> 0;
  for (const character of stream) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (list) => list[below(list.length)], chance: (share) => next() < share };
}

/** Keeps `size` of however many are offered, each with the same chance. */
export function sampler<T>(size: number, random: Random): { readonly kept: readonly T[]; offer(value: T): void } {
  const kept: T[] = [];
  let seen = 0;
  return {
    kept,
    offer(value) {
      seen += 1;
      if (kept.length < size) kept.push(value);
      else {
        const place = random.below(seen);
        if (place < size) kept[place] = value;
      }
    },
  };
}
