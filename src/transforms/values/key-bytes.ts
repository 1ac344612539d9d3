/** Values as bytes that are equal exactly when the values are: each with its class and length before it. */
import type { Value } from "../../core/plan/transform.ts";

export function keyBytes(values: readonly Value[]): Uint8Array {
  return Buffer.concat(values.flatMap(part));
}

function part(value: Value): Buffer[] {
  const [tag, bytes] = tagged(value);
  const head = Buffer.alloc(5);
  head.write(tag, 0, "latin1");
  head.writeUInt32BE(bytes.length, 1);
  return [head, bytes];
}

function tagged(value: Value): [string, Buffer] {
  if (value === null) return ["n", Buffer.alloc(0)];
  if (typeof value === "bigint") return ["i", Buffer.from(value.toString(), "latin1")];
  if (typeof value === "number")
    return Number.isInteger(value)
      ? ["i", Buffer.from(BigInt(value).toString(), "latin1")]
      : ["r", Buffer.from(String(value), "latin1")];
  if (typeof value === "string") return ["t", Buffer.from(value, "utf8")];
  return value instanceof Uint8Array ? ["b", Buffer.from(value)] : ["x", Buffer.from(value.rawText)];
}
