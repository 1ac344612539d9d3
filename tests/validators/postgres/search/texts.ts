/** Small texts with all that makes tokenizers and grammars differ; the same every time. */
import { randomOf } from "../../../../src/validators/postgres/search/queries/random.ts";

const words =
  "the a of running runs ran dogs dog's generalization café naïve Ünïcödé straße ΣΊΣΥΦΟΣ İstanbul ½ 3e3 1e5x foo-bar a.b x:y it's NOT and OR node_modules C++ js is 東京 भाषा 🦩 e\u0301te\u0301 \"quoted\" (brackets) 100%".split(
    " ",
  );

export function someTexts(rows: number, columns: number): string[][] {
  const random = randomOf(7, "texts");
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () =>
      Array.from({ length: random.below(14) }, () => words[Math.floor(words.length * random.next() ** 2)]).join(
        random.chance(0.8) ? " " : ", ",
      ),
    ),
  );
}
