/**
 * COPY binary as it comes in, cut into rows (https://www.postgresql.org/docs/current/sql-copy.html, "Binary
 * Format"). Chunks are joined only when they hold the bytes that the next row waits for, so a value of many
 * megabytes is copied a few times and not once a chunk.
 */

/** A field's bytes, null for NULL. They are the reader's own only until it returns. */
export type Field = Buffer | null;

/** Returns a function that takes chunks; `row` is called with each complete row. `end` throws when something is missing. */
export function binaryRows(row: (fields: Field[]) => void): { push(chunk: Buffer): void; end(): void } {
  let waiting: Buffer[] = [];
  let held = 0;
  let needed = headerBytes;
  let started = false;
  let done = false;
  return {
    push(chunk) {
      waiting.push(chunk);
      held += chunk.length;
      if (held < needed || done) return;
      const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting, held);
      let at = 0;
      if (!started) {
        const extension = bytes.readInt32BE(headerBytes - 4);
        needed = headerBytes + extension;
        if (bytes.length < needed) {
          waiting = [bytes];
          return;
        }
        at = needed;
        started = true;
      }
      for (;;) {
        const end = rowEnd(bytes, at);
        if (end === trailer) {
          done = true;
          return;
        }
        if (end > bytes.length || end < 0) {
          const rest = bytes.subarray(at);
          waiting = [rest];
          held = rest.length;
          needed = Math.max(rest.length + 1, Math.abs(end) - at);
          return;
        }
        row(fieldsOf(bytes, at));
        at = end;
      }
    },
    end() {
      if (!done) throw new Error("The copy of a table ended in the middle.");
    },
  };
}

/** Signature, flags, length of the extension. */
const headerBytes = 19;
const trailer = 0;

/** Where the row at `at` ends. Negative: at least so many bytes are needed to tell. {@link trailer}: there is no row. */
function rowEnd(bytes: Buffer, at: number): number {
  if (bytes.length < at + 2) return -(at + 2);
  const fields = bytes.readInt16BE(at);
  if (fields < 0) return trailer;
  let end = at + 2;
  for (let i = 0; i < fields; i++) {
    if (bytes.length < end + 4) return -(end + 4);
    const length = bytes.readInt32BE(end);
    end += 4 + Math.max(0, length);
  }
  return end;
}

function fieldsOf(bytes: Buffer, from: number): Field[] {
  const count = bytes.readInt16BE(from);
  const fields = new Array<Field>(count);
  let at = from + 2;
  for (let i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) fields[i] = null;
    else {
      fields[i] = bytes.subarray(at, at + length);
      at += length;
    }
  }
  return fields;
}
