/**
 * Do two sets of rows without a common order hold the same rows? Digests are summed
 * by bucket of keys: one side's are added, the other's subtracted.
 * Only the rows of buckets that do not come to zero need a closer look.
 */

export type Buckets = {
  /** Adds (1) or takes off (−1) a row's digest, of 16 bytes at least. */
  add(bucket: number, digest: Buffer, sign: 1 | -1): void;
  /** Whether the bucket's rows differ. */
  odd(bucket: number): boolean;
  anyOdd(): boolean;
};

const buckets = 4096;
const lanes = 4;

export function emptyBuckets(): Buckets {
  // Four sums modulo 2^32 each, which the array does by itself.
  const sums = new Uint32Array(buckets * lanes);
  const odd = (bucket: number): boolean => {
    for (let lane = 0; lane < lanes; lane += 1) if (sums[bucket * lanes + lane] !== 0) return true;
    return false;
  };
  return {
    add: (bucket, digest, sign) => {
      for (let lane = 0; lane < lanes; lane += 1) {
        const at = bucket * lanes + lane;
        sums[at] = (sums[at] ?? 0) + sign * digest.readUInt32LE(lane * 4);
      }
    },
    odd,
    anyOdd: () => sums.some((sum) => sum !== 0),
  };
}

/** The bucket of a key's tokens; of long ones the end says enough. (FNV-1a) */
export function bucketOf(tokens: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const token of tokens) {
    for (let i = Math.max(0, token.length - 48); i < token.length; i += 1)
      hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ token.length, 0x01000193);
  }
  return (hash ^ (hash >>> 12)) & (buckets - 1);
}
