/**
 * SQLite's variable-length integers: big-endian, seven bits a byte, eight in the ninth
 * (https://www.sqlite.org/fileformat2.html, section 1.6). In two halves, since a number holds only 53 bits.
 */
export class Varint {
  /** Upper 32 bits, signed. */
  high = 0;
  /** Lower 32 bits, unsigned. */
  low = 0;

  /** Reads one; returns where it ends. Bytes behind the buffer's end count as 0: the caller checks the end. */
  read(bytes: Uint8Array, at: number): number {
    let low = bytes[at] ?? 0;
    if (low < 0x80) {
      this.high = 0;
      this.low = low;
      return at + 1;
    }
    low &= 0x7f;
    let high = 0;
    for (let i = 1; i < 8; i++) {
      const byte = bytes[at + i] ?? 0;
      high = (high << 7) | (low >>> 25);
      low = ((low << 7) | (byte & 0x7f)) >>> 0;
      if (byte < 0x80) {
        this.high = high;
        this.low = low;
        return at + i + 1;
      }
    }
    this.high = (high << 8) | (low >>> 24);
    this.low = ((low << 8) | (bytes[at + 8] ?? 0)) >>> 0;
    return at + 9;
  }

  /** As a number, which is exact within ±2^53. */
  get value(): number {
    return this.high * 0x1_0000_0000 + this.low;
  }
}
