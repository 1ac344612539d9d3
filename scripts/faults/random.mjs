/** Random numbers that a seed decides: the same case comes out the same, whatever ran before it. */
import { createHash } from "node:crypto";

/** `words`: what the numbers are for, such as the seed, the kind of fault and the number of the case. */
export function randomOf(...words) {
  let state = createHash("sha256").update(words.join("\0")).digest().readUInt32LE(0);
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    pick: (list) => list[below(list.length)],
  };
}
