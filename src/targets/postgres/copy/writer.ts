/**
 * A growing stretch of COPY binary data (https://www.postgresql.org/docs/current/sql-copy.html,
 * "Binary Format"). One buffer is filled and handed over when full; the stream keeps
 * what it was given, so the next one is fresh.
 */
export class CopyWriter {
  #buffer: Buffer;
  #at = 0;
  readonly #full: Buffer[] = [];
  readonly #size: number;

  constructor(size = 256 << 10) {
    this.#size = size;
    this.#buffer = Buffer.allocUnsafeSlow(size);
  }

  /** Buffers that are full, in order; the caller sends them. */
  takeFull(): Buffer[] {
    return this.#full.splice(0);
  }

  /** Everything written and not yet taken. */
  takeAll(): Buffer[] {
    if (this.#at > 0) this.#flush(this.#size);
    return this.takeFull();
  }

  header(): void {
    this.#room(19);
    this.#at += this.#buffer.write("PGCOPY\n\xff\r\n\0", this.#at, "latin1");
    this.#buffer.fill(0, this.#at, this.#at + 8);
    this.#at += 8;
  }

  trailer(): void {
    this.int16(-1);
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#put(value);
  }

  null(): void {
    this.int32(-1);
  }

  fieldInt16(value: number): void {
    this.#room(6);
    const at = this.#buffer.writeInt32BE(2, this.#at);
    this.#at = this.#buffer.writeInt16BE(value, at);
  }

  fieldInt32(value: number): void {
    this.#room(8);
    this.#put(4);
    this.#put(value);
  }

  /** A number must be within ±2^53; it is written in halves, because BigInt costs several times as much. */
  fieldInt64(value: number | bigint): void {
    this.#room(12);
    if (typeof value === "bigint") {
      this.#at = this.#buffer.writeBigInt64BE(value, this.#buffer.writeInt32BE(8, this.#at));
      return;
    }
    const high = Math.floor(value / 4294967296);
    let at = this.#buffer.writeInt32BE(8, this.#at);
    at = this.#buffer.writeInt32BE(high, at);
    this.#at = this.#buffer.writeUInt32BE(value - high * 4294967296, at);
  }

  fieldDouble(value: number): void {
    this.#room(12);
    const at = this.#buffer.writeInt32BE(8, this.#at);
    this.#at = this.#buffer.writeDoubleBE(value, at);
  }

  /** A 64-bit integer, or a double, in two halves of bits. */
  fieldHalves(high: number, low: number): void {
    this.#room(12);
    this.#put(8);
    this.#put(high);
    this.#put(low);
  }

  /** A stretch of another buffer, after `prefix` (jsonb's version byte) when given. */
  fieldCopied(bytes: Buffer, from: number, length: number, prefix = -1): void {
    const whole = prefix < 0 ? length : length + 1;
    if (whole > this.#size >> 1) {
      const copied = Buffer.allocUnsafeSlow(whole);
      if (prefix >= 0) copied[0] = prefix;
      bytes.copy(copied, whole - length, from, from + length);
      this.fieldBytes(copied);
      return;
    }
    this.#room(whole + 4);
    this.#put(whole);
    const buffer = this.#buffer;
    let at = this.#at;
    if (prefix >= 0) buffer[at++] = prefix;
    // For a few bytes a call costs more than a loop.
    if (length > shortCopy) at += bytes.copy(buffer, at, from, from + length);
    else for (let i = 0; i < length; i++) buffer[at++] = bytes[from + i] as number;
    this.#at = at;
  }

  fieldByte(value: number): void {
    this.#room(5);
    const at = this.#buffer.writeInt32BE(1, this.#at);
    this.#at = this.#buffer.writeUInt8(value, at);
  }

  fieldBytes(bytes: Buffer): void {
    this.int32(bytes.length);
    if (bytes.length > this.#size >> 1) {
      // Large values travel as they are, without a copy.
      if (this.#at > 0) this.#flush(this.#size);
      this.#full.push(bytes);
      return;
    }
    this.#room(bytes.length);
    this.#at += bytes.copy(this.#buffer, this.#at);
  }

  /** The text in UTF-8, after `prefix` (jsonb's version byte) when given. */
  fieldText(text: string, prefix = -1): void {
    const extra = prefix < 0 ? 0 : 1;
    const worst = text.length * 3 + extra + 4;
    if (worst > this.#size >> 1) {
      const bytes = Buffer.from(text, "utf8");
      this.fieldBytes(extra === 0 ? bytes : Buffer.concat([Buffer.of(prefix), bytes]));
      return;
    }
    this.#room(worst);
    const start = this.#at + 4;
    if (extra === 1) this.#buffer[start] = prefix;
    const written = this.#buffer.write(text, start + extra, "utf8") + extra;
    this.#buffer.writeInt32BE(written, this.#at);
    this.#at = start + written;
  }

  /** Four bytes for which there is room. */
  #put(value: number): void {
    const buffer = this.#buffer;
    const at = this.#at;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.#at = at + 4;
  }

  #room(bytes: number): void {
    if (this.#size - this.#at < bytes) this.#flush(this.#size);
  }

  #flush(next: number): void {
    this.#full.push(this.#buffer.subarray(0, this.#at));
    this.#buffer = Buffer.allocUnsafeSlow(next);
    this.#at = 0;
  }
}

/** In bytes. */
const shortCopy = 40;
