/** NULs and invalid encoding in one column's TEXT; called only for chunks known to hold some. */
import { isUtf8 } from "node:buffer";
import type { Found, Sample } from "../../core/plan/profile.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { Chunk } from "./chunk.ts";
import { type Samples, samplesPerFinding } from "./samples.ts";

export class TextCensus {
  readonly #column: string;
  readonly #encoding: Catalog["encoding"];
  readonly #samples: Samples;
  nul: Found = { count: 0, samples: [] };
  invalid: Found = { count: 0, samples: [] };

  constructor(column: string, encoding: Catalog["encoding"], samples: Samples) {
    this.#column = column;
    this.#encoding = encoding;
    this.#samples = samples;
  }

  get column(): string {
    return this.#column;
  }

  inspect(chunk: Chunk, column: number): void {
    const c = chunk.columnSql(column);
    for (const row of chunk.iterate(
      `${this.#samples.keySql}, CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) END`,
    )) {
      const bytes = row.at(-1) as Buffer | null;
      if (bytes === null) continue;
      const { valid, utf8 } = this.#decode(bytes);
      if (!valid) this.invalid = this.#found(this.invalid, row, utf8);
      else if (utf8.includes(0)) this.nul = this.#found(this.nul, row, utf8);
    }
  }

  #decode(bytes: Buffer): { valid: boolean; utf8: Buffer } {
    if (this.#encoding === "UTF-8") return { valid: isUtf8(bytes), utf8: bytes };
    if (bytes.length % 2 !== 0) return { valid: false, utf8: bytes };
    const text = (this.#encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
    return { valid: text.isWellFormed(), utf8: Buffer.from(text, "utf8") };
  }

  #found(before: Found, row: readonly unknown[], bytes: Buffer): Found {
    const samples: readonly Sample[] =
      before.samples.length < samplesPerFinding
        ? [...before.samples, this.#samples.sample(row.slice(0, -1), "text", bytes)]
        : before.samples;
    return { count: before.count + 1, samples };
  }
}
