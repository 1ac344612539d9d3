/** How a row's key is written in messages, the ledger and quarantine: `id=42`, `a=1, b="x"`. */
export type KeyValue = string | number | bigint | boolean | null | Uint8Array;

export function keyText(columns: readonly string[], values: readonly KeyValue[]): string {
  return columns.map((column, i) => `${column}=${keyValue(values[i] ?? null)}`).join(", ");
}

function keyValue(value: KeyValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array)
    return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}'`;
  return Object.is(value, -0) ? "-0.0" : String(value);
}
