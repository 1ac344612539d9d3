/** Storage classes, ranges and lengths of one column, added up over chunks. */
import type { ColumnProfile, RealFacts, StorageClass } from "../../core/plan/profile.ts";
import type { Chunk, ChunkFacts } from "./chunk.ts";

export class ClassCensus {
  readonly #name: string;
  readonly #counts: Record<StorageClass, number> = { null: 0, integer: 0, real: 0, text: 0, blob: 0 };
  #min: bigint | null = null;
  #max: bigint | null = null;
  #reals: RealFacts | null = null;
  #longest = 0;
  /** Whether the chunk added last held TEXT. */
  lastHadText = false;

  constructor(name: string) {
    this.#name = name;
  }

  get column(): string {
    return this.#name;
  }

  add(chunk: Chunk, column: number, facts: ChunkFacts): void {
    const own = facts.columns[column];
    if (own === undefined) return;
    this.#longest = Math.max(this.#longest, own.longest);
    this.lastHadText = false;
    if (own.present === 0) return;
    // SQLite orders numbers before TEXT before BLOB, so equal ends leave no room for another class.
    // Without a length it was not asked for, or every value is empty: both rare enough to look again.
    if (own.lowest === own.highest && (own.lowest === "text" || own.lowest === "blob") && own.longest > 0) {
      this.#count(own.lowest, own.present);
      return;
    }
    const numbers = isNumber(own.lowest) && isNumber(own.highest);
    // By name: blob, integer, null, real, text.
    if (numbers && (own.last === "integer" || own.last === "null")) {
      this.#count("integer", own.present);
      this.#range(own.min as bigint, own.max as bigint);
    } else if (numbers && (own.first === "real" || own.first === "null") && isPlain(own.min, own.max)) {
      this.#count("real", own.present);
      this.#addReals({ infinite: 0, negativeZero: 0 });
    } else {
      this.#addMixed(chunk, column);
    }
  }

  result(rows: number): Pick<ColumnProfile, "counts" | "integers" | "reals" | "longest"> {
    const { integer, real, text, blob } = this.#counts;
    return {
      counts: { ...this.#counts, null: rows - integer - real - text - blob },
      integers: this.#min === null || this.#max === null ? null : { min: String(this.#min), max: String(this.#max) },
      reals: this.#reals,
      longest: this.#longest,
    };
  }

  #addMixed(chunk: Chunk, column: number): void {
    const classes = chunk.classCounts(column);
    for (const found of classes) {
      if (found.storage === "null") continue;
      this.#count(found.storage, found.count);
      this.#range(found.min, found.max);
      if (found.storage === "text" || found.storage === "blob") this.#longest = Math.max(this.#longest, found.longest);
    }
    if (classes.some((found) => found.storage === "real")) this.#addReals(chunk.realFacts(column));
  }

  #addReals({ infinite, negativeZero }: RealFacts): void {
    const before = this.#reals ?? { infinite: 0, negativeZero: 0 };
    this.#reals = { infinite: before.infinite + infinite, negativeZero: before.negativeZero + negativeZero };
  }

  #count(storage: StorageClass, count: number): void {
    this.#counts[storage] += count;
    if (storage === "text") this.lastHadText = true;
  }

  #range(min: bigint | null, max: bigint | null): void {
    if (min !== null && (this.#min === null || min < this.#min)) this.#min = min;
    if (max !== null && (this.#max === null || max > this.#max)) this.#max = max;
  }
}

function isNumber(storage: StorageClass): boolean {
  return storage === "integer" || storage === "real";
}

/** No infinity, and no zero that could be a negative one. */
function isPlain(min: bigint | number | null, max: bigint | number | null): boolean {
  return Number.isFinite(Number(min)) && Number.isFinite(Number(max)) && (Number(min) > 0 || Number(max) < 0);
}
