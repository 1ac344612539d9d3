/** How rows meet those of the live table: by which key, in which values, and with which id. Asked of the server in batches. */
import type { FitAnswers, Meeting } from "../../core/plan/live-fit.ts";
import type { Found } from "../../core/plan/profile.ts";
import type { Cell } from "../../core/values/wire.ts";
import { type Place, Tally } from "./column-census.ts";
import type { KeyTexts } from "./key-texts.ts";

const keysPerQuestion = 5000;
const mostRowids = 10_000;

type Waiting = {
  readonly key: readonly string[];
  readonly id: string | null;
  readonly cells: readonly (string | null)[] | null;
  readonly shown: string;
  readonly rowid: string | null;
};

export class MeetingCensus {
  readonly #table: string;
  readonly #meeting: Meeting;
  readonly #texts: KeyTexts;
  readonly #answers: FitAnswers;
  readonly #taken = new Tally();
  readonly #differing = new Tally();
  readonly #moved = new Tally();
  readonly #blocked = new Tally();
  #differingRowids: string[] | null = [];
  /** Of rows that get another id: the source's → the live one; null where it will be a new one. */
  readonly newIds = new Map<string, string | null>();
  #waiting: Waiting[] = [];

  constructor(table: string, meeting: Meeting, texts: KeyTexts, answers: FitAnswers) {
    this.#table = table;
    this.#meeting = meeting;
    this.#texts = texts;
    this.#answers = answers;
  }

  /** A key that does not fit cannot match a row in any table. */
  add(cells: readonly Cell[], place: Place): void {
    const { key, id, compared } = this.#meeting;
    const texts = this.#texts.all(
      key.columns.map(({ source }) => source),
      cells,
    );
    if (texts === null) return;
    this.#waiting.push({
      key: texts,
      id: id === null ? null : this.#texts.one(id.source, cells),
      cells: compared.length === 0 ? null : this.#texts.cells(compared, cells),
      shown: place.key(),
      rowid: place.rowid,
    });
  }

  async askWhenFull(): Promise<void> {
    if (this.#waiting.length >= keysPerQuestion) await this.ask();
  }

  async ask(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    if (asked.length === 0) return;
    const { key, id, compared } = this.#meeting;
    const met = await this.#answers.find(this.#table, {
      key: key.columns.map(({ target }) => target),
      keys: asked.map((row) => row.key),
      id: id?.target ?? null,
      compared: compared.map(({ target }) => target),
      cells: asked.map(({ cells }) => cells),
    });
    for (const { at, id: theirs, same } of met) this.#meet(asked[at] as Waiting, theirs, same);
    if (id !== null) await this.#askIds(asked, new Set(met.map(({ at }) => at)));
  }

  #meet({ shown, id, rowid }: Waiting, theirs: string | null, same: boolean): void {
    this.#taken.add(() => ({ key: shown, value: "" }));
    if (!same && this.#meeting.compared.length > 0) {
      this.#differing.add(() => ({ key: shown, value: "" }));
      if (rowid === null || (this.#differingRowids?.length ?? 0) >= mostRowids) this.#differingRowids = null;
      else this.#differingRowids?.push(rowid);
    }
    if (id === null || theirs === null || id === theirs) return;
    this.newIds.set(id, theirs);
    this.#moved.add(() => ({ key: shown, value: `→ ${theirs}` }));
  }

  /** Asks which ids of new rows are already taken by live rows. */
  async #askIds(asked: readonly Waiting[], met: ReadonlySet<number>): Promise<void> {
    const { id } = this.#meeting;
    const added = asked.filter((row, at) => !met.has(at) && row.id !== null);
    if (added.length === 0 || id === null) return;
    const there = await this.#answers.find(this.#table, {
      key: [id.target],
      keys: added.map((row) => [row.id ?? ""]),
      id: null,
      compared: [],
      cells: [],
    });
    for (const { at } of there) {
      this.#blocked.add(() => ({ key: added[at]?.shown ?? "", value: "" }));
      this.newIds.set(added[at]?.id ?? "", null);
    }
  }

  get taken(): Found {
    return this.#taken.found;
  }

  get differing(): Found & { readonly rowids: readonly string[] | null } {
    return { ...this.#differing.found, rowids: this.#differingRowids };
  }

  get moved(): Found {
    return this.#moved.found;
  }

  get blocked(): Found {
    return this.#blocked.found;
  }
}
