/** Cells as the texts that go into live columns, where they go in at all; ids as those of the rows that they will name. */
import type { LiveReading } from "../../core/schema/live-type.ts";
import type { Cell } from "../../core/values/wire.ts";
import { readCell } from "../../live-types/read-cell.ts";

export type ReadColumn = { readonly column: string; readonly reading: LiveReading };

/** The source's id → the one in the live table; null for a number that no row has there. */
export type NewIds = ReadonlyMap<string, string | null>;

export class KeyTexts {
  readonly #columns: ReadonlyMap<string, { readonly at: number; readonly reading: LiveReading }>;
  readonly #newIds: ReadonlyMap<string, NewIds>;

  /** `newIds`: by column, of ids that change. */
  constructor(columns: readonly ReadColumn[], newIds: ReadonlyMap<string, NewIds>) {
    this.#columns = new Map(columns.map(({ column, reading }, at) => [column, { at, reading }]));
    this.#newIds = newIds;
  }

  /** Null for NULL, for what does not go in, and for ids that no live row can hold. */
  one(column: string, cells: readonly Cell[]): string | null {
    const found = this.#columns.get(column);
    const cell = found === undefined ? undefined : cells[found.at];
    if (found === undefined || cell === undefined || cell.storage === "null") return null;
    const read = readCell(found.reading, cell);
    if (!read.ok) return null;
    const newId = this.#newIds.get(column)?.get(read.text);
    return newId === undefined ? read.text : newId;
  }

  /** Null where any is missing. */
  all(columns: readonly string[], cells: readonly Cell[]): string[] | null {
    const texts = columns.map((column) => this.one(column, cells));
    return texts.includes(null) ? null : (texts as string[]);
  }

  /** Null for NULL; null in place of all where some value does not go in. */
  cells(columns: readonly { readonly source: string }[], cells: readonly Cell[]): (string | null)[] | null {
    const texts: (string | null)[] = [];
    for (const { source } of columns) {
      const text = this.one(source, cells);
      if (text === null && this.#isThere(source, cells)) return null;
      texts.push(text);
    }
    return texts;
  }

  #isThere(column: string, cells: readonly Cell[]): boolean {
    const at = this.#columns.get(column)?.at;
    return at === undefined || cells[at]?.storage !== "null";
  }
}
