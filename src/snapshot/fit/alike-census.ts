/** Rows that are distinct in the source and collide under a unique key of the live table. */
import type { Alike, FitKey, Gathered } from "../../core/plan/live-fit.ts";
import type { Cell } from "../../core/values/wire.ts";
import { samplesPerFinding } from "../profile/samples.ts";
import type { Place } from "./column-census.ts";
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

  /** `placesOf` finds rows again by their numbers, in the order in which they were added. */
  async result(placesOf: (wanted: ReadonlySet<number>) => ReadonlyMap<number, Place>): Promise<Alike> {
    await this.#ask();
    const groups = await this.#gathered.groups();
    const others = groups.flatMap(([first = 0, ...rest]) => rest.map((n) => ({ n, first })));
    const named = others.length <= mostRowids ? others : [];
    const shown = others.slice(0, samplesPerFinding);
    const places = placesOf(new Set([...named.map(({ n }) => n), ...shown.flatMap(({ n, first }) => [n, first])]));
    const keyOf = (n: number): string => places.get(n)?.key() ?? "";
    const rowids = named.flatMap(({ n }) => places.get(n)?.rowid ?? []);
    return {
      found: {
        count: others.length,
        samples: shown.map(({ n, first }) => ({ key: keyOf(n), value: `like ${keyOf(first)}` })),
      },
      rowids: rowids.length < others.length ? null : rowids,
    };
  }
}
