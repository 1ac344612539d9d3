/**
 * Chunks of a line, put together. A long line is gathered in memory that is reserved for all that may still come, and
 * only used as far as it comes: chunks and their copy would be in memory side by side.
 */

export type Gathered = {
  readonly length: number;
  add(chunk: Buffer): void;
  /** What was added since the last time. */
  take(): Buffer;
};

/** `most`: bytes that are ever added before they are taken. */
export function gather(most: number): Gathered {
  let chunks: Buffer[] = [];
  let place: Buffer | null = null;
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(chunk) {
      if (place === null && length + chunk.length > long) {
        place = Buffer.allocUnsafeSlow(most);
        Buffer.concat(chunks).copy(place);
        chunks = [];
      }
      if (place === null) chunks.push(chunk);
      else chunk.copy(place, length);
      length += chunk.length;
    },
    take() {
      const whole = place === null ? Buffer.concat(chunks) : place.subarray(0, length);
      chunks = [];
      place = null;
      length = 0;
      return whole;
    },
  };
}

const long = 1 << 23;
