/** Texts for the tokenizers: made up, and of every code point. */

/** The same ones for the same seed. */
export function randomTexts(count: number, seed = 1): string[] {
  const next = generator(seed);
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  return Array.from({ length: count }, () => {
    const length = next(60);
    const alphabet = pick(alphabets);
    return Array.from({ length }, () => (next(4) === 0 ? pick(odd) : pick(alphabet))).join("");
  });
}

/** Each code point between two letters and alone, `perText` of them a text. */
export function codePointTexts(from: number, past: number, perText = 512): string[] {
  const texts: string[] = [];
  for (let base = from; base < past; base += perText) {
    const points = Array.from({ length: Math.min(perText, past - base) }, (_, i) => base + i);
    const valid = points
      .filter((point) => point > 0 && (point < 0xd800 || point > 0xdfff))
      .map((point) => String.fromCodePoint(point));
    texts.push(valid.map((c) => `a${c}b ${c}`).join("-"));
  }
  return texts;
}

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const odd = [
  ..." \t\n-_.@'\"\\^]#",
  " ",
  "\u0301",
  "\u0327",
  "\u0302",
  "\u0345",
  "½",
  "\ufffd",
  "\uffff",
  "😀",
  "🦩",
  "\u{100000}",
];

const alphabets = [
  [..."abcdefghijklmnopqrstuvwxyz ABCXYZ0129"],
  [..."éÉüÜñçøØłŁßſKÅİıǄǅṩṨấẞ aexX"],
  [..."ЁёЙйΣσςΆάאבּשׁ中文語カナ한글हिन्दी a"],
  [..."ingedssyylogbl ", "ational", "ing", "ness", "ies", "é"],
];
