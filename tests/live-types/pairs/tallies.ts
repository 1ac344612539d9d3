/** How many values of each live type and storage class arrived, were asked about, and were changed as accepted. */
import type { Ended } from "./judge.ts";

type Tally = { all: number; taken: number; exact: number; arrived: number; refused: number; ledger: number };

export class Tallies {
  readonly #tallies = new Map<string, Tally>();

  add({ column, verdict, first, live, ledger, quarantined }: Ended): void {
    const exact = verdict.uniform && verdict.exact.every(Boolean);
    for (const [i, { value }] of column.cells.entries()) {
      const name = `${column.type.name} × ${value.storage}`;
      const tally = this.#tallies.get(name) ?? { all: 0, taken: 0, exact: 0, arrived: 0, refused: 0, ledger: 0 };
      this.#tallies.set(name, tally);
      tally.all++;
      if (verdict.made[i] !== null) tally.taken++;
      if (exact) tally.exact++;
      if (first.length > 0) tally.refused++;
      if (ledger.has(i + 1) || quarantined.has(i + 1)) tally.ledger++;
      else if ((live.get(i + 1) ?? null) !== null) tally.arrived++;
    }
  }

  table(): string {
    return [...this.#tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) =>
        [name.padEnd(28), ...Object.entries(all).map(([what, count]) => `${what} ${count}`)].join("  "),
      )
      .join("\n");
  }

  /** The part of all values whose text the server takes. */
  get valid(): number {
    const sum = (of: (tally: Tally) => number): number =>
      [...this.#tallies.values()].reduce((n, one) => n + of(one), 0);
    return sum(({ taken }) => taken) / sum(({ all }) => all);
  }

  /** Types and classes with values that go in as they are, of which none did. */
  neverArrived(): string[] {
    return [...this.#tallies].flatMap(([name, { exact, arrived }]) => (exact > 0 && arrived === 0 ? [name] : []));
  }
}
