/** What the ledger and the quarantine say of a table, to be ticked off. */

export type Entry = {
  readonly id: number;
  readonly before: string;
  readonly after: string | null;
  readonly rule: string;
};

export type Accounts = {
  readonly changed: number;
  readonly quarantined: number;
  entries(key: string, column: string): Entry[];
  columns(key: string): string[];
  tick(entries: readonly Entry[]): void;
  /** Ticks one quarantine entry of that key off and returns its rule; undefined when there is none left. */
  takeQuarantined(key: string): string | undefined;
  reportUnticked(): Promise<void>;
};
