/** Storage classes, ranges and lengths of one column, added up over chunks. */
import type { ColumnProfile, RealFacts, StorageClass } from "../../../core/profile.ts";
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
    const [low, high] = [family(own.lowest), family(own.highest)];
    // Between the smallest and the largest there is no other class only if both are of the same.
    if (low !== "number" && low === high) {
      this.#count(own.lowest, own.present);
      return;
    }
    const reals = low === "number" ? chunk.realFacts(column) : null;
    if (low === "number" && high === "number" && reals?.count === 0) {
      this.#count("integer", own.present);
      this.#range(own.min, own.max);
      return;
    }
    for (const found of chunk.classCounts(column)) {
      if (found.storage === "null") continue;
      this.#count(found.storage, found.count);
      this.#range(found.min, found.max);
    }
    if (reals !== null && reals.count > 0) {
      const before = this.#reals ?? { infinite: 0, negativeZero: 0 };
      this.#reals = {
        infinite: before.infinite + reals.infinite,
        negativeZero: before.negativeZero + reals.negativeZero,
      };
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

  #count(storage: StorageClass, count: number): void {
    this.#counts[storage] += count;
    if (storage === "text") this.lastHadText = true;
  }

  #range(min: bigint | null, max: bigint | null): void {
    if (min !== null && (this.#min === null || min < this.#min)) this.#min = min;
    if (max !== null && (this.#max === null || max > this.#max)) this.#max = max;
  }
}

/** SQLite orders numbers before TEXT before BLOB, whatever the values. */
function family(storage: StorageClass): "number" | "text" | "blob" {
  return storage === "text" || storage === "blob" ? storage : "number";
}
