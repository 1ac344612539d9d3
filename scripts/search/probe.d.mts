export const categoryNames: string[];

/** What SQLite's own unicode61 does with every code point. */
export function probeUnicode(): Probe;

export type Probe = {
  version: string;
  categories: Record<string, number[]>;
  folds: [Map<number, number>, Map<number, number>, Map<number, number>];
  marks: number[];
};
