/**
 * Which of these is which of those? The same spelling first, then the same name
 * but for ASCII case, where only one on each side is left to choose.
 */
import { foldName } from "../core/schema/names.ts";

type Named = { readonly name: string };

export type NamePairs<T> = {
  /** In the order of `a`. */
  readonly pairs: readonly (readonly [T, T])[];
  readonly onlyA: readonly T[];
  readonly onlyB: readonly T[];
};

export function pairNames<T extends Named>(a: readonly T[], b: readonly T[]): NamePairs<T> {
  const exact = new Map(b.map((item) => [item.name, item]));
  const restA = a.filter((item) => !exact.has(item.name));
  const spelledA = new Set(a.map((item) => item.name));
  const restB = b.filter((item) => !spelledA.has(item.name));
  const folded = byFoldedName(restB);
  const alike = byFoldedName(restA);
  const pairs: (readonly [T, T])[] = [];
  const taken = new Set<T>();
  for (const item of a) {
    const name = foldName(item.name);
    const candidates = folded.get(name) ?? [];
    const other =
      exact.get(item.name) ?? (candidates.length === 1 && alike.get(name)?.length === 1 ? candidates[0] : undefined);
    if (other === undefined) continue;
    pairs.push([item, other]);
    taken.add(item).add(other);
  }
  return { pairs, onlyA: a.filter((item) => !taken.has(item)), onlyB: b.filter((item) => !taken.has(item)) };
}

function byFoldedName<T extends Named>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = foldName(item.name);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
