/** Rows whose key the live table has already: asked of the server in batches. */
import type { FitAnswers } from "../../../core/live-fit.ts";
import type { LiveReading } from "../../../core/live-type.ts";
import type { Found } from "../../../core/profile.ts";
import type { Cell } from "../../../core/wire.ts";
import { readCell } from "../../../live-types/read-cell.ts";
import { type Place, Tally } from "./column-census.ts";

const keysPerQuestion = 5000;

export class KeyCensus {
  readonly #places: readonly number[];
  readonly #readings: readonly LiveReading[];
  readonly #answers: FitAnswers;
  readonly #taken = new Tally();
  #waiting: { readonly key: readonly string[]; readonly shown: string }[] = [];

  /** Every column of `key` must be among `columns`. */
  constructor(
    key: readonly string[],
    columns: readonly { readonly column: string; readonly reading: LiveReading }[],
    answers: FitAnswers,
  ) {
    this.#places = key.map((name) => columns.findIndex(({ column }) => column === name));
    this.#readings = this.#places.map((at) => (columns[at] as { reading: LiveReading }).reading);
    this.#answers = answers;
  }

  /** A key that does not go in meets another row in no table. */
  add(cells: readonly Cell[], place: Place): void {
    const texts: string[] = [];
    for (const [i, at] of this.#places.entries()) {
      const cell = cells[at];
      const reading = this.#readings[i];
      if (cell === undefined || reading === undefined || cell.storage === "null") return;
      const read = readCell(reading, cell);
      if (!read.ok) return;
      texts.push(read.text);
    }
    this.#waiting.push({ key: texts, shown: place.key() });
  }

  async askWhenFull(table: string): Promise<void> {
    if (this.#waiting.length >= keysPerQuestion) await this.ask(table);
  }

  async ask(table: string): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    if (asked.length === 0) return;
    const taken = await this.#answers.taken(
      table,
      asked.map(({ key }) => key),
    );
    for (const at of taken) this.#taken.add(() => ({ key: asked[at]?.shown ?? "", value: "" }));
  }

  get taken(): Found {
    return this.#taken.found;
  }
}
