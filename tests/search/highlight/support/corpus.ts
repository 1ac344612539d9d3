/** Rows and queries for comparing with FTS5: few words, so that they meet; seeded, so that a failure can be met again. */

export type Row = readonly (string | null)[];

export type Random = {
  readonly below: (limit: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
};

export function random(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T };
}

export function randomRow({ below, pick }: Random, columns: number): Row {
  return Array.from({ length: columns }, () => {
    if (below(12) === 0) return pick([null, "", " ", ".", "... "]);
    return Array.from({ length: 1 + below(pick([3, 12, 60])) }, () => pick(words) + pick(gaps)).join("");
  });
}

/** Queries of every kind; `names` for column filters. Some match nothing. */
export function randomQuery(next: Random, names: readonly string[], depth = 2): string {
  const { below, pick } = next;
  const inner = () => randomQuery(next, names, depth - 1);
  const word = () => `"${pick(words)}"`;
  const phrase = () => pick([word(), word(), `"${pick(words)} ${pick(words)}"`, `"${pick(words).slice(0, 2)}"*`]);
  const filter = () => pick([`${pick(names)} : `, `- ${pick(names)} : `, `{${pick(names)} ${pick(names)}} : `]);
  switch (depth <= 0 ? below(4) : below(14)) {
    case 0:
      return `${word()} + ${phrase()}`;
    case 1:
      return `NEAR(${[phrase(), phrase(), pick(["", phrase()])].join(" ")}${pick(["", ", 0", ", 1", ", 3"])})`;
    case 2:
      return `^ ${word()}`;
    case 4:
    case 5:
      return `(${inner()}) ${pick(["AND", "OR"])} (${inner()})`;
    case 6:
      return `(${inner()}) OR (${inner()}) OR ${word()}`;
    case 7:
      return `(${inner()}) NOT (${inner()})`;
    case 8:
      return `${filter()}(${inner()})`;
    case 9:
      return `${filter()}${phrase()}`;
    case 10:
      return `${phrase()} ${phrase()} ${pick(['""', phrase()])}`;
    default:
      return phrase();
  }
}

/** Also those that FTS5's documentation rules out. */
export function randomWidth({ below, pick }: Random): number {
  return pick([1, 2, 3, 5, 8, 10, 64, 1 + below(64), 0, -1, -7, 300]);
}

const words = [
  "one",
  "two",
  "three",
  "onetwo",
  "running",
  "runs",
  "Été",
  "naïve",
  "aaaa",
  "ab",
  "日本語",
  "Straße",
  "x1",
];
/** A text in which no word is missing. */
export const everyWord = words.join(" ");

const gaps = [" ", " ", " ", " ", ". ", ".\n", ": ", ".  \t", ", ", "-", ".", ":", " … ", "\r\n", "! "];
