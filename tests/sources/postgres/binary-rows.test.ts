import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binaryRows } from "../../../src/sources/postgres/binary-rows.ts";

type Row = readonly (Buffer | null)[];

function encoded(rows: readonly Row[], extension = 0): Buffer {
  const header = Buffer.alloc(19 + extension);
  header.write("PGCOPY\n\xff\r\n\0", "latin1");
  header.writeInt32BE(extension, 15);
  const parts = rows.flatMap((row) => [
    int16(row.length),
    ...row.flatMap((field) => (field === null ? [int32(-1)] : [int32(field.length), field])),
  ]);
  return Buffer.concat([header, ...parts, int16(-1)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function decoded(chunks: readonly Buffer[]): Row[] {
  const rows: Row[] = [];
  const reader = binaryRows((fields) => rows.push(fields.map((field) => (field === null ? null : Buffer.from(field)))));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return rows;
}

const field = fc.option(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { nil: null },
);

describe("rows of COPY binary", () => {
  it("are the same however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { maxLength: 5 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (rows, extension, sizes) => {
          const bytes = encoded(rows, extension);
          const chunks: Buffer[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(decoded(chunks)).toEqual(rows);
        },
      ),
    );
  });

  it("must not end in the middle", () => {
    const bytes = encoded([[Buffer.from("a")]]);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decoded([bytes.subarray(0, length)])).toThrow(/in the middle/);
  });
});
