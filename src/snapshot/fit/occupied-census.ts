/** Rows with a value that another row, which stays in the live table, has in one of its unique keys. */
import type { Alike, FitAnswers, FitKey, FitRequest } from "../../core/plan/live-fit.ts";
import type { Cell } from "../../core/values/wire.ts";
import { samplesPerFinding } from "../profile/samples.ts";
import type { Place } from "./column-census.ts";
import type { KeyTexts } from "./key-texts.ts";

const keysPerQuestion = 5000;
const mostRowids = 10_000;

type Waiting = {
  readonly texts: readonly string[];
  /** The key that matches the row with a live one; null where it cannot match. */
  readonly own: readonly string[] | null;
  readonly shown: string;
  readonly rowid: string | null;
};

type Hit = { readonly row: Waiting; readonly holder: string | null };

export class OccupiedCensus {
  readonly #request: Pick<FitRequest, "table" | "meeting" | "overwrites">;
  readonly #key: FitKey;
  readonly #texts: KeyTexts;
  readonly #answers: FitAnswers;
  #hits: Hit[] = [];
  #waiting: Waiting[] = [];

  constructor(
    request: Pick<FitRequest, "table" | "meeting" | "overwrites">,
    key: FitKey,
    texts: KeyTexts,
    answers: FitAnswers,
  ) {
    this.#request = request;
    this.#key = key;
    this.#texts = texts;
    this.#answers = answers;
  }

  get name(): string {
    return this.#key.name;
  }

  add(cells: readonly Cell[], place: Place): void {
    const texts = this.#texts.all(this.#sources(this.#key), cells);
    if (texts === null) return;
    this.#waiting.push({ texts, own: this.own(cells), shown: place.key(), rowid: place.rowid });
  }

  own(cells: readonly Cell[]): readonly string[] | null {
    const { meeting } = this.#request;
    return meeting === null ? null : this.#texts.all(this.#sources(meeting.key), cells);
  }

  /** Whether the rows that are overwritten must be read once more: they may give up the values they hold. */
  get asksForOwn(): boolean {
    return this.#request.overwrites && this.#hits.some(({ holder }) => holder !== null);
  }

  /** The keys by which the source's rows are matched with live ones. */
  release(keys: Iterable<readonly string[] | null>): void {
    const held = new Map<string, Hit[]>();
    for (const hit of this.#hits) if (hit.holder !== null) held.set(hit.holder, [...(held.get(hit.holder) ?? []), hit]);
    for (const key of keys) held.delete(key?.[0] ?? "");
    const left = new Set([...held.values()].flat());
    this.#hits = this.#hits.filter((hit) => hit.holder === null || left.has(hit));
  }

  async askWhenFull(): Promise<void> {
    if (this.#waiting.length >= keysPerQuestion) await this.ask();
  }

  async ask(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    if (asked.length === 0) return;
    const { table, meeting, overwrites } = this.#request;
    const targets = meeting?.key.columns.map(({ target }) => target) ?? [];
    const met = await this.#answers.find(table.name, {
      key: this.#key.columns.map(({ target }) => target),
      keys: asked.map(({ texts }) => texts),
      id: targets.length === 1 ? (targets[0] ?? null) : null,
      compared: targets,
      cells: asked.map(({ own }) => own),
    });
    // The row's own value is overwritten, or was reported for that row.
    const hits = met
      .filter(({ same }) => meeting === null || !same)
      .map(({ at, id }): Hit => ({ row: asked[at] as Waiting, holder: id }));
    this.#hits.push(...(overwrites || meeting === null ? hits : await this.#added(hits, targets)));
  }

  /** Leaves out rows that the live table has and that stay out or raise a question of their own. */
  async #added(hits: readonly Hit[], key: readonly string[]): Promise<readonly Hit[]> {
    const known = hits.filter(({ row }) => row.own !== null);
    const keys = known.map(({ row }) => row.own ?? []);
    const none = { id: null, compared: [], cells: [] };
    const met = known.length === 0 ? [] : await this.#answers.find(this.#request.table.name, { key, keys, ...none });
    const there = new Set(met.map(({ at }) => known[at]));
    return hits.filter((hit) => !there.has(hit));
  }

  get result(): Alike {
    const rows = this.#hits.map(({ row, holder }) => ({ ...row, holder }));
    const rowids = rows.length > mostRowids ? [] : rows.flatMap(({ rowid }) => rowid ?? []);
    const value = (row: Waiting & { readonly holder: string | null }): string =>
      `${row.texts.join(", ")}${row.holder === null ? "" : `, as ${row.holder} has there`}`;
    return {
      found: {
        count: rows.length,
        samples: rows.slice(0, samplesPerFinding).map((row) => ({ key: row.shown, value: value(row) })),
      },
      rowids: rowids.length < rows.length ? null : rowids,
    };
  }

  #sources({ columns }: FitKey): string[] {
    return columns.map(({ source }) => source);
  }
}
