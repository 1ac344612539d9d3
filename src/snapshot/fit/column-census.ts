/** One column's values against the type of the live column. What only the server knows is asked in batches. */
import type { Assigned, ColumnFit, FitAnswers } from "../../core/plan/live-fit.ts";
import type { Found, Sample } from "../../core/plan/profile.ts";
import type { LiveProblem, LiveReading } from "../../core/schema/live-type.ts";
import { invalidRepairs, nulRepairs, type Repair, repairText } from "../../core/values/mend-text.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import type { Cell } from "../../core/values/wire.ts";
import { answerKey } from "../../live-types/asked-key.ts";
import type { Read } from "../../live-types/read.ts";
import { readCell, refusedByServer } from "../../live-types/read-cell.ts";
import { treat, waysOf } from "../../live-types/treat.ts";
import { samplesPerFinding } from "../profile/samples.ts";

export type Place = { readonly rowid: string | null; key(): string };

const textsPerQuestion = 2000;
const cellsPerQuestion = 20_000;
const mostKnown = 10_000;
/** Limit on the answers that go into the plan; beyond it no policy is offered. */
const mostAnswers = 100_000;
const mostRowids = 10_000;

type Problem = { found: Tally; ways: Record<string, number>; rowids: string[] | null };
type Waiting = { readonly found: Tally; readonly cells: { readonly cell: Cell; readonly place: Place }[] };

/** Words that PostgreSQL puts the moment's value in place of. */
const evaluated = /\b(now|today|tomorrow|yesterday|allballs)\b/i;

export class ColumnCensus {
  readonly #reading: LiveReading;
  readonly #answers: FitAnswers;
  readonly #layouts = new Map<string, Tally>();
  readonly #problems = new Map<LiveProblem, Problem>();
  readonly #waiting = new Map<string, Waiting>();
  /** Results of policies: a domain may refuse one, so that the policy counts as failed. */
  readonly #proposed = new Map<string, (() => void)[]>();
  readonly #kept: Record<string, string | null> = Object.create(null);
  /** Texts that the server has answered for: most columns have few distinct ones. */
  readonly #known = new Map<string, Read>();
  #waitingCells = 0;
  readonly #repairs: Partial<Record<Repair, number>> = {};
  #keptCount = 0;
  #respelled = 0;
  #objection: string | null = null;

  constructor(reading: LiveReading, answers: FitAnswers) {
    this.#reading = reading;
    this.#answers = answers;
  }

  add(cell: Cell, place: Place): void {
    if (cell.storage === "null") return;
    const read = readCell(this.#reading, cell);
    const { type } = this.#reading;
    if (type.kind !== "bytea" && cell.storage === "text" && (!cell.valid || cell.bytes.includes(0)))
      this.#tryRepairs(cell);
    if (!read.ok) this.#problem(read, cell, place);
    else if (type.kind !== "asked" && !type.domain) this.#fits(read, cell, place);
    else this.#wait(read.text, cell, place);
  }

  #wait(text: string, cell: Cell, place: Place): void {
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.#settle(known, cell, place);
      return;
    }
    this.#waitingCells++;
    const waiting = this.#waiting.get(text) ?? { found: new Tally(), cells: [] };
    waiting.found.add(() => sampleOf(cell, place));
    // All have the same text; a few serve as samples.
    waiting.cells.push({ cell, place: { rowid: place.rowid, key: keptKey(place, waiting.cells.length) } });
    this.#waiting.set(text, waiting);
  }

  async askWhenFull(): Promise<void> {
    const texts = this.#waiting.size + this.#proposed.size;
    if (texts >= textsPerQuestion || this.#waitingCells >= cellsPerQuestion) await this.ask();
  }

  async ask(): Promise<void> {
    await this.#askWaiting();
    await this.#askProposed();
  }

  async #askProposed(): Promise<void> {
    const entries = [...this.#proposed];
    this.#proposed.clear();
    if (entries.length === 0) return;
    const texts = entries.map(([text]) => text);
    const answers = await this.#answers.assign(this.#reading.type, texts);
    for (const [i, [text, failed]] of entries.entries())
      if (this.#isOther(text, answers[i])) for (const fail of failed) fail();
  }

  async #askWaiting(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const entries = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingCells = 0;
    const answers = await this.#answers.assign(
      this.#reading.type,
      entries.map(([text]) => text),
    );
    for (const [i, [text, { cells }]] of entries.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      const read = this.#judge(text, answer);
      if (this.#known.size < mostKnown) this.#known.set(text, read);
      for (const { cell, place } of cells) this.#settle(read, cell, place);
    }
  }

  #settle(read: Read, cell: Cell, place: Place): void {
    if (!read.ok) this.#keep(answerKey(cell), read.text ?? null);
    if (read.ok) this.#fits(read, cell, place);
    else this.#problem(read, cell, place);
  }

  result(): ColumnFit {
    return {
      layouts: [...this.#layouts]
        .map(([layout, tally]) => ({ layout, found: tally.found }))
        .sort((a, b) => b.found.count - a.found.count),
      problems: [...this.#problems].map(([problem, { found, ways, rowids }]) => ({
        problem,
        found: found.found,
        ways,
        rowids,
        pointing: null,
      })),
      respelled: this.#respelled,
      answers: { ...this.#kept },
      repairs: { ...this.#repairs },
      answersCut: this.#keptCount > mostAnswers,
      objection: this.#objection,
    };
  }

  /** Of a domain over a type that we read ourselves, only a refusal counts: how it writes values is known. */
  #judge(text: string, answer: { text: string } | { objection: string }): Read {
    if ("objection" in answer) {
      const read = refusedByServer(text);
      if (read.problem === "unreadable") this.#objection ??= answer.objection;
      return read;
    }
    if (this.#reading.type.kind !== "asked" || answer.text === text) return { ok: true, text };
    if (evaluated.test(text)) return { ok: false, problem: "unreadable" };
    return { ok: false, problem: "respelled", text: answer.text };
  }

  #keep(key: string, answer: string | null): void {
    if (Object.hasOwn(this.#kept, key)) return;
    if (this.#keptCount++ < mostAnswers) this.#kept[key] = answer;
  }

  #fits(read: Read & { ok: true }, cell: Cell, place: Place): void {
    if (read.respelled === true) this.#respelled++;
    if (read.layout === undefined) return;
    const tally = this.#layouts.get(read.layout) ?? new Tally();
    tally.add(() => sampleOf(cell, place));
    this.#layouts.set(read.layout, tally);
  }

  #problem(read: Read & { ok: false }, cell: Cell, place: Place): void {
    const problem = this.#problems.get(read.problem) ?? { found: new Tally(), ways: {}, rowids: [] };
    this.#problems.set(read.problem, problem);
    const becomes = read.problem === "respelled" ? ` → ${read.text}` : "";
    problem.found.add(() => sampleOf(cell, place, becomes));
    if (place.rowid === null || (problem.rowids?.length ?? 0) >= mostRowids) problem.rowids = null;
    else problem.rowids?.push(place.rowid);
    for (const way of waysOf(this.#reading.type, read.problem)) {
      // The server's answer for this text has only just arrived.
      const taken = way === "respell" ? (read.text ?? null) : treat(this.#reading, cell, way);
      this.#count(problem, way, taken);
    }
    if (read.problem === "offset")
      for (const way of ["utc", "wall"] as const) this.#count(problem, way, treat(this.#reading, cell, way));
  }

  #count(problem: Problem, way: string, taken: string | null): void {
    problem.ways[way] = (problem.ways[way] ?? 0) + (taken === null ? 1 : 0);
    if (taken === null || !this.#reading.type.domain) return;
    this.#propose(taken, () => {
      problem.ways[way] = (problem.ways[way] ?? 0) + 1;
    });
  }

  #propose(text: string, fail: () => void): void {
    const proposed = this.#proposed.get(text) ?? [];
    proposed.push(fail);
    this.#proposed.set(text, proposed);
  }

  /** Refused, or, of a type that we do not read ourselves, another text than was sent. */
  #isOther(text: string, answer: Assigned | undefined): boolean {
    if (answer === undefined || "objection" in answer) return true;
    return this.#reading.type.kind === "asked" && answer.text !== text;
  }

  #tryRepairs(cell: Cell): void {
    for (const how of cell.valid ? nulRepairs : invalidRepairs) {
      const bytes = Buffer.from(repairText(how, cell.bytes), "utf8");
      const read = readCell(this.#reading, { ...cell, bytes, valid: true });
      const fail = (): void => {
        this.#repairs[how] = (this.#repairs[how] ?? 0) + 1;
      };
      if (!read.ok) fail();
      else if (this.#reading.type.domain || this.#reading.type.kind === "asked") this.#propose(read.text, fail);
    }
  }
}

export class Tally {
  #count = 0;
  readonly #samples: Sample[] = [];

  add(sample: () => Sample): void {
    this.#count++;
    if (this.#samples.length < samplesPerFinding) this.#samples.push(sample());
  }

  get found(): Found {
    return { count: this.#count, samples: this.#samples };
  }
}

function sampleOf(cell: Cell, place: Place, becomes = ""): Sample {
  return { key: place.key(), value: `${shorten(renderCell(cell.storage, cell.bytes))}${becomes}` };
}

/** A key is written out while the row is at hand, but only for as many as can become samples. */
function keptKey(place: Place, before: number): () => string {
  if (before >= samplesPerFinding) return () => "";
  const key = place.key();
  return () => key;
}
