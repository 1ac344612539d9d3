/**
 * What a cell must be in a column that the application made, decided a second time: SQLite itself stores it, in a table
 * of the same affinity, and what it made of it says whether a treatment was needed.
 */
import Database from "better-sqlite3";
import type { CellRule } from "../../core/plan/plan.ts";
import type { FileReading } from "../../core/schema/file-schema.ts";
import type { LiveProblem } from "../../core/schema/live-type.ts";

type Value = bigint | number | string | Buffer;
type Kind = "integer" | "real" | "text" | "blob";

/** `leaves`: the row is in quarantine. */
export type Expected = { readonly leaves: true } | { readonly leaves: false; readonly value: Value | null };

export type FileCells = {
  expected(reading: FileReading, rules: readonly CellRule[], cell: Value): Expected;
  close(): void;
};

export function fileCells(): FileCells {
  const db = new Database(":memory:");
  db.defaultSafeIntegers(true);
  const affinities = { INTEGER: "INTEGER", REAL: "REAL", NUMERIC: "NUMERIC", TEXT: "TEXT", BLOB: "" };
  const stores = Object.entries(affinities).map(([name, type]) => {
    db.exec(`CREATE TABLE "${name}" (v ${type})`);
    return [name, db.prepare(`INSERT INTO "${name}" VALUES (?) RETURNING v`).pluck()] as const;
  });
  const storing = new Map(stores);
  const empty = [...storing.keys()].map((name) => db.prepare(`DELETE FROM "${name}"`));
  let stored = 0;
  const store = (affinity: string, value: Value): Value => {
    if (++stored % 10_000 === 0) for (const one of empty) one.run();
    return storing.get(affinity)?.get(value) as Value;
  };
  return {
    expected(reading, rules, cell) {
      const meant = meaningOf(reading, cell);
      const there = store(reading.affinity, meant.value);
      const problem = meant.problem ?? changed(reading, meant.value, there);
      if (problem === null) return { leaves: false, value: there };
      const rule = rules.find(({ when }) => when.kind === "unfit" && when.problems.includes(problem));
      switch (rule?.then) {
        case "quarantine":
          return { leaves: true };
        case "null":
          return { leaves: false, value: null };
        case "respell":
        case "round":
          return { leaves: false, value: there };
        case "reinterpret":
          return { leaves: false, value: String(cell) };
        // Not accepted: the cell unchanged, from which the target's will differ.
        default:
          return { leaves: false, value: cell };
      }
    },
    close: () => db.close(),
  };
}

type Meaning = { readonly value: Value; readonly problem: LiveProblem | null };

function meaningOf({ as, affinity, mixed }: FileReading, cell: Value): Meaning {
  const plain = (value: Value): Meaning => ({ value, problem: null });
  if (as === "stored" || typeof cell !== "string") return plain(cell);
  if (as === "double" && cell.endsWith("Infinity"))
    return plain(cell.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  if (as === "json") {
    if (cell.startsWith('"')) return plain(JSON.parse(cell) as string);
    if (cell.startsWith("{") || cell.startsWith("[")) return { value: cell, problem: mixed ? "json" : null };
    if (affinity === "TEXT") return { value: cell, problem: "class" };
    if (cell === "true" || cell === "false") return plain(cell === "true" ? 1n : 0n);
  }
  if (Number.isNaN(Number(cell)) || !/\d/.test(cell)) return plain(cell);
  const integer = /^-?[1-9]\d*$|^0$/.test(cell) ? BigInt(cell) : null;
  if (integer !== null && BigInt.asIntN(64, integer) === integer) return plain(integer);
  const value = Number(cell);
  return { value, problem: equal(cell, String(value)) ? null : "digits" };
}

function changed({ as, affinity, only }: FileReading, meant: Value, there: Value): LiveProblem | null {
  const [before, after] = [kindOf(meant), kindOf(there)];
  if (only !== null && !only.includes(after)) return "class";
  if (before === after && (before !== "real" || Object.is(meant, there))) return null;
  if (affinity === "TEXT") return as === "json" ? "class" : "respelled";
  if (!equal(String(meant).trim(), String(there))) return "digits";
  return as !== "stored" && before !== "text" && !Object.is(meant, -0) ? null : "respelled";
}

function kindOf(value: Value): Kind {
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return "real";
  return typeof value === "string" ? "text" : "blob";
}

/** Two spellings of a number: by their digits, brought to one power of ten. */
function equal(a: string, b: string): boolean {
  const [one, other] = [scaled(a), scaled(b)];
  if (one === null || other === null) return a === b;
  const power = Math.min(one.power, other.power);
  // Beyond this a double has no more to say.
  if (one.power - power > 800 || other.power - power > 800) return one.digits === 0n && other.digits === 0n;
  return one.digits * 10n ** BigInt(one.power - power) === other.digits * 10n ** BigInt(other.power - power);
}

function scaled(text: string): { readonly digits: bigint; readonly power: number } | null {
  const found = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (found === null) return null;
  const [, sign, whole = "", fraction = "", power = "0"] = found;
  if (whole + fraction === "") return null;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, power: Number(power) - fraction.length };
}
