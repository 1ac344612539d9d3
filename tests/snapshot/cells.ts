/** Random cells of every storage class, odd ones above all, and a table to hold them. */
import type Database from "better-sqlite3";
import fc from "fast-check";

/** A text is given by its bytes in the database's encoding, for they need not be valid. */
export type Cell = null | bigint | number | { readonly text: Buffer } | Buffer;

const dates = [
  "",
  "2024-02-29",
  "2023-02-29",
  "0001-01-01",
  "9999-12-31 23:59:59.999999",
  "2024-01-05T10:20",
  "2024-01-05 10:20:30",
  "2024-01-05 10:20:30.5",
  "2024-01-05T10:20:30Z",
  "2024-01-05T10:20:30+05:30",
  "2024-01-05 25:00:00",
  "05/01/2024",
  "2024-1-5",
];
const jsons = ["{}", '{"a":1,"a":2}', '"\\u0000"', '"\\ud800"', "-0", "[1e99999]", "{", "null", '{"a":[1.50,"é"]}'];
const words = ["true", "false", "t", "Ab", "aB", "yes", " ", "1.0", "5", "0x10", "1e5", "Infinity", "é", "😀"];

export function cells(wide: boolean): fc.Arbitrary<Cell> {
  const encode = (text: string): Cell => ({ text: Buffer.from(text, wide ? "utf16le" : "utf8") });
  const odd = wide
    ? ["00d84100", "4100", "00d8", "41000000", "3dd800de", "00dc00d8"]
    : ["ff", "c3", "c328", "00", "610062", "eda080", "f09f9880", "c3a9"];
  return fc.oneof(
    fc.constant(null),
    fc.constantFrom(0n, 1n, -1n, 2n ** 31n, -(2n ** 31n) - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(-0, 0.5, 5, 1e308, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1 + 0.2),
    fc.double({ noNaN: true }),
    fc.constantFrom(...dates, ...jsons, ...words).map(encode),
    fc.string({ unit: "grapheme", maxLength: 12 }).map(encode),
    fc.constantFrom(...odd).map((hex): Cell => ({ text: Buffer.from(hex, "hex") })),
    fc.uint8Array({ maxLength: 12 }).map((bytes): Cell => Buffer.from(bytes)),
  );
}

export function insert(db: Database.Database, table: string, row: readonly Cell[]): void {
  const isText = (cell: Cell): cell is { text: Buffer } => cell !== null && typeof cell === "object" && "text" in cell;
  const slots = row.map((cell) => (isText(cell) ? "CAST(? AS TEXT)" : "?"));
  db.prepare(`INSERT INTO ${table} VALUES (${slots.join(", ")})`).run(
    ...row.map((cell) => (isText(cell) ? cell.text : cell)),
  );
}
