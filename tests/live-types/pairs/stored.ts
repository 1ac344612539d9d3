/** A value as SQLite stores it, and a file full of them. */
import Database from "better-sqlite3";

export type Stored =
  | { readonly storage: "integer"; readonly value: bigint }
  | { readonly storage: "real"; readonly value: number }
  | { readonly storage: "text"; readonly bytes: Buffer }
  | { readonly storage: "blob"; readonly bytes: Buffer };

/** What came to be stored: an affinity may have changed the class. `cast`: as SQLite casts it to text. */
export type Cell = { readonly value: Stored; readonly cast: string };

export const integer = (value: bigint): Stored => ({ storage: "integer", value });
export const real = (value: number): Stored => ({ storage: "real", value });
export const text = (value: string): Stored => ({ storage: "text", bytes: Buffer.from(value, "utf8") });
export const blob = (bytes: Uint8Array): Stored => ({ storage: "blob", bytes: Buffer.from(bytes) });

/** A text's characters; null where it is not valid. */
export function textOf(stored: Stored): string | null {
  if (stored.storage !== "text") return null;
  const decoded = stored.bytes.toString("utf8");
  return Buffer.from(decoded, "utf8").equals(stored.bytes) ? decoded : null;
}

export function shown(stored: Stored): string {
  switch (stored.storage) {
    case "integer":
      return `integer ${stored.value}`;
    case "real":
      return `real ${Object.is(stored.value, -0) ? "-0" : stored.value}`;
    case "text":
      return `text ${JSON.stringify(textOf(stored) ?? stored.bytes.toString("hex"))}`;
    case "blob":
      return `blob ${stored.bytes.toString("hex")}`;
  }
}

export type FilledColumn = { readonly declared: string; readonly values: readonly Stored[] };

/** One row for each place in the longest column; the others hold NULL there. */
export function fill(
  db: Database.Database,
  table: string,
  columns: readonly (FilledColumn & { readonly name: string })[],
): void {
  db.exec(
    `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${columns.map(({ name, declared }) => `${name} ${declared}`).join(", ")})`,
  );
  const rows = Math.max(...columns.map(({ values }) => values.length));
  for (let i = 0; i < rows; i++) {
    const slots = columns.map(({ values }) => (values[i]?.storage === "text" ? "CAST(? AS TEXT)" : "?"));
    const bound = columns.map(({ values }) => {
      const stored = values[i];
      if (stored === undefined) return null;
      return "bytes" in stored ? stored.bytes : stored.value;
    });
    db.prepare(`INSERT INTO ${table} VALUES (${[i + 1, ...slots].join(", ")})`).run(...bound);
  }
}

/** By column; a NULL is left out, and stands behind all others. */
export function readBack(path: string, table: string, columns: readonly string[]): Map<string, Cell[]> {
  const db = new Database(path, { readonly: true });
  try {
    const found = new Map<string, Cell[]>();
    for (const column of columns) {
      const rows = db
        .prepare(
          `SELECT typeof(${column}) AS storage, CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END AS value,
             CASE WHEN typeof(${column}) IN ('integer', 'real') THEN CAST(${column} AS TEXT) ELSE '' END AS written FROM ${table} WHERE ${column} IS NOT NULL ORDER BY id`,
        )
        .safeIntegers(true)
        .all() as { storage: Stored["storage"]; value: bigint | number | Buffer; written: string }[];
      found.set(
        column,
        rows.map(({ storage, value, written }) => ({
          cast: written,
          value: (value instanceof Buffer ? { storage, bytes: value } : { storage, value }) as Stored,
        })),
      );
    }
    return found;
  } finally {
    db.close();
  }
}
