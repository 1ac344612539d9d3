/** How many values of each live type and storage class arrived, were asked about, and were changed as accepted. */
import type { Ended } from "./judge.ts";

type Tally = { exact: number; arrived: number; refused: number; ledger: number };

export class Tallies {
  readonly #tallies = new Map<string, Tally>();

  add({ column, verdict, first, live, ledger, quarantined }: Ended): void {
    const exact = verdict.uniform && verdict.exact.every(Boolean);
    for (const [i, { value }] of column.cells.entries()) {
      const name = `${column.type.name} × ${value.storage}`;
      const tally = this.#tallies.get(name) ?? { exact: 0, arrived: 0, refused: 0, ledger: 0 };
      this.#tallies.set(name, tally);
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

  /** Types and classes with values that go in as they are, of which none did. */
  neverArrived(): string[] {
    return [...this.#tallies].flatMap(([name, { exact, arrived }]) => (exact > 0 && arrived === 0 ? [name] : []));
  }
}
