/** How unicode61 and trigram fold a character, by their level of remove_diacritics. */
import { folds } from "./folds.ts";
import { targetsOf } from "./runs.ts";

export type DiacriticsLevel = 0 | 1 | 2;

/** By code point beyond ASCII, what it folds to, where it changes; 0: it is dropped. */
export function foldsOf(level: DiacriticsLevel): ReadonlyMap<number, number> {
  const known = cache.get(level);
  if (known !== undefined) return known;
  const all = folds.slice(0, level + 1).flatMap((text) => [...targetsOf(text)]);
  const map = new Map(all);
  for (const [point, target] of map) if (point === target) map.delete(point);
  cache.set(level, map);
  return map;
}

const cache = new Map<DiacriticsLevel, ReadonlyMap<number, number>>();
