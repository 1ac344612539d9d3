/** Patterns for LIKE made from values: substrings, prefixes, wildcards, and the characters that engines treat differently. */
import { type Random, randomOf } from "./random.ts";

export type Pattern = { readonly kind: "like" | "nocase"; readonly text: string };

/** `count` of each kind. The same seed gives the same patterns. */
export function makePatterns(values: readonly string[], count: number, seed: number): Pattern[] {
  const usable = values
    .map((value) => value.replaceAll("\0", "").toWellFormed().replaceAll("\ufffd", ""))
    .filter((value) => value !== "");
  const random = randomOf(seed, "like");
  const equal = randomOf(seed, "nocase");
  return [
    ...Array.from({ length: count }, (): Pattern => ({ kind: "like", text: likePattern(usable, random) })),
    ...Array.from(
      { length: count },
      (): Pattern => ({ kind: "nocase", text: otherCase(equal.pick(usable) ?? "a", equal) }),
    ),
  ];
}

function likePattern(values: readonly string[], random: Random): string {
  const value = otherCase(random.pick(values) ?? "a", random);
  const characters = [...value];
  const start = random.below(characters.length);
  const part = characters.slice(start, start + 1 + random.below(12));
  const prefix = characters.slice(0, 1 + random.below(8)).join("");
  const text = part.join("");
  switch (random.below(8)) {
    case 0:
      return `${prefix}%`;
    case 1:
      return `%${characters.slice(-1 - random.below(6)).join("")}`;
    case 2:
      return `%${part.map((character) => (random.chance(0.3) ? "_" : character)).join("")}%`;
    case 3:
      return `${prefix}%${text}%`;
    case 4:
      return `%${text}${random.pick(["\\", "\\%", "'", '"', "[", "%_", "\\\\"])}%`;
    case 5:
      return `%${text}\\`;
    case 6:
      return value;
    default:
      return `%${text}%`;
  }
}

/** Of every letter, since PostgreSQL's own folding differs beyond ASCII. */
function otherCase(text: string, random: Random): string {
  const choice = random.next();
  return choice < 0.3 ? text.toUpperCase() : choice < 0.5 ? text.toLowerCase() : text;
}
