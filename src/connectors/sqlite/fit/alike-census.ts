/** Rows that the source tells apart and a unique key of the live table does not. */
import type { Alike, FitKey, Gathered } from "../../../core/live-fit.ts";
import type { Cell } from "../../../core/wire.ts";
import { type Place, Tally } from "./column-census.ts";
import type { KeyTexts } from "./key-texts.ts";

const keysPerQuestion = 5000;
const mostRowids = 10_000;

type Numbered = { readonly n: number; readonly texts: readonly (string | null)[] };

export class AlikeCensus {
  readonly #key: FitKey;
  readonly #texts: KeyTexts;
  readonly #gathered: Gathered;
  #waiting: Numbered[] = [];
  #rows = 0;

  constructor(key: FitKey, texts: KeyTexts, gathered: Gathered) {
    this.#key = key;
    this.#texts = texts;
    this.#gathered = gathered;
  }

  get name(): string {
    return this.#key.name;
  }

  add(cells: readonly Cell[]): void {
    const n = this.#rows++;
    const texts = this.#texts.cells(this.#key.columns, cells);
    if (texts !== null) this.#waiting.push({ n, texts });
  }

  async askWhenFull(): Promise<void> {
    if (this.#waiting.length >= keysPerQuestion) await this.#ask();
  }

  async #ask(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    if (asked.length > 0) await this.#gathered.add(asked);
  }

  /** `placeOf` finds a row again by its number, in the order in which rows were added. */
  async result(placeOf: (n: number) => Place): Promise<Alike> {
    await this.#ask();
    const groups = await this.#gathered.groups();
    const tally = new Tally();
    let rowids: string[] | null = [];
    for (const [first, ...others] of groups)
      for (const n of others) {
        tally.add(() => ({ key: placeOf(n).key(), value: `like ${placeOf(first ?? 0).key()}` }));
        const rowid: string | null = rowids === null || rowids.length >= mostRowids ? null : placeOf(n).rowid;
        rowids = rowid === null ? null : [...(rowids ?? []), rowid];
      }
    return { found: tally.found, rowids };
  }
}
