/** Random trees of everything the grammar has, and now and then something it has not. */
import { column, nearQuery, phrase, quoted, term, type Writing } from "./terms.ts";

const deepest = 4;

export function fuzzQuery(writing: Writing, depth: number): string {
  const { random } = writing;
  if (depth === 0 && random.chance(0.08)) return broken(fuzzQuery(writing, 1), writing);
  if (depth >= deepest || random.chance(0.25 + depth * 0.1)) return leaf(writing);
  const left = fuzzQuery(writing, depth + 1);
  const right = fuzzQuery(writing, depth + 1);
  switch (random.below(6)) {
    case 0:
      return `(${left}) AND (${right})`;
    case 1:
      return `(${left} OR ${right})`;
    case 2:
      return `(${left}) NOT (${right})`;
    case 3:
      return `${left} OR ${right}`;
    case 4:
      return `${leaf(writing)} ${leaf(writing)}`;
    default:
      return `${random.chance(0.3) ? "-" : ""}${column(writing)} : (${left})`;
  }
}

function leaf(writing: Writing): string {
  const { random, shape } = writing;
  const plain = shape.detail === "full" || random.chance(0.03);
  switch (random.below(plain ? 8 : 4)) {
    case 0:
      return `${quoted(term(writing).replaceAll('"', ""))} *`;
    case 1:
      return random.pick(['""', '"-"', '" . "']) ?? '""';
    case 4:
      return phrase(writing);
    case 5:
      return nearQuery(writing);
    case 6:
      return `^${term(writing)}`;
    case 7:
      return `NEAR(${term(writing)} ${phrase(writing)}, ${random.below(20)})`;
    default:
      return term(writing);
  }
}

/** One character too many, too few, or another. */
function broken(query: string, { random }: Writing): string {
  const at = random.below(query.length + 1);
  const piece = random.pick(["", "", "(", ")", '"', "*", "^", ":", "-", "+", ",", "{", " AND ", " NEAR("]) ?? "";
  return (query.slice(0, at) + piece + query.slice(at + random.below(3))).toWellFormed();
}
