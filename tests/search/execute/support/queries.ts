/** Random queries over a small vocabulary, so that phrases repeat, overlap and miss. */

export type Random = () => number;

/** A generator whose numbers a seed decides (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const queryClasses = [
  "single",
  "bool",
  "phrase",
  "prefix",
  "near",
  "column",
  "caret",
  "nested",
  "empties",
] as const;
export type QueryClass = (typeof queryClasses)[number];

export function randomQuery(
  random: Random,
  kind: QueryClass,
  words: readonly string[],
  columns: readonly string[],
): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const word = () => pick(words);
  const some = (most: number) => Array.from({ length: 1 + Math.floor(random() * most) }, word);
  const phrase = () => `"${some(3).join(" ")}"`;
  const prefix = () =>
    pick([`${word().slice(0, 1)}*`, `"${word()} ${word().slice(0, 1)}"*`, `${word().slice(0, 1)}* + ${word()}`]);
  const near = () =>
    pick([
      `NEAR(${word()} ${word()}, ${Math.floor(random() * 4)})`,
      `NEAR(${phrase()} ${word()})`,
      `NEAR(${word()} ${phrase()} ${word()}, ${Math.floor(random() * 3)})`,
      `NEAR(${word()} ${word().slice(0, 1)}* ${word()}, ${2 + Math.floor(random() * 20)})`,
      `NEAR(${phrase()} ${phrase()}, ${Math.floor(random() * 200)})`,
    ]);
  const leaf = (): string => pick([word, word, phrase, prefix, near, () => `^ ${word()}`])();
  const filter = () =>
    pick([
      `${pick(columns)} :`,
      `{${pick(columns)} ${pick(columns)}} :`,
      `- ${pick(columns)} :`,
      `- {${pick(columns)} ${pick(columns)}} :`,
    ]);
  const tree = (depth: number): string => {
    if (depth === 0) return leaf();
    const inner = `(${tree(depth - 1)}) ${pick(["AND", "OR", "NOT", "OR"])} (${tree(depth - 1)})`;
    return random() < 0.2 ? `${filter()} (${inner})` : inner;
  };
  switch (kind) {
    case "single":
      return word();
    case "bool":
      return `${word()} ${pick(["AND", "OR", "NOT", ""])} ${word()} ${pick(["AND", "OR", "NOT"])} ${word()}`;
    case "phrase":
      return pick([phrase(), `${word()} + ${word()}`, `${phrase()} OR ${phrase()}`, `${phrase()} ${word()}`]);
    case "prefix":
      return pick([prefix(), `${prefix()} ${prefix()}`, `${prefix()} OR ${word()}`]);
    case "near":
      return pick([near(), near(), `${near()} OR ${word()}`, `${word()} NOT ${near()}`]);
    case "column":
      return pick([
        `${filter()} ${leaf()}`,
        `${filter()} ${phrase()}`,
        `${filter()} (${leaf()} OR ${leaf()})`,
        `${filter()} ${near()}`,
      ]);
    case "caret":
      return pick([`^ ${word()}`, `^ ${phrase()}`, `^ ${word()} OR ${word()}`, `${pick(columns)} : ^ ${word()}`]);
    case "nested":
      return tree(1 + Math.floor(random() * 3));
    case "empties":
      return pick([
        `${word()} ""`,
        `"" ${word()}`,
        `${word()} AND "-"`,
        `${word()} OR ""`,
        `${word()} NOT ""`,
        `NEAR("" ${word()})`,
        `NEAR(${word()} "." ${word()}, 2)`,
        `${word().slice(0, 1)}* + ""`,
        `${word().slice(0, 1)} + ""*`,
        `"" + ${word()}`,
        `""`,
        `"" ""`,
      ]);
  }
}

export function randomRows(
  random: Random,
  rows: number,
  columns: number,
  words: readonly string[],
  longest = 14,
): string[][] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () =>
      Array.from({ length: Math.floor(random() * longest) }, () => words[Math.floor(random() * words.length)]).join(
        " ",
      ),
    ),
  );
}
