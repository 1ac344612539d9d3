/** Parents before children; tables in a circle together, to be written by one statement. */

export type Edge = {
  readonly child: string;
  readonly parent: string;
  readonly deferrable: boolean;
};

/**
 * Groups of tables, in order. A circle is cut where its constraint can be deferred; where none can, its tables are one
 * group: foreign keys are checked at a statement's end. A table may point to itself.
 */
export function parentsFirst(names: readonly string[], edges: readonly Edge[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  const left = new Set(names);
  const pointing = edges.filter(({ child, parent }) => child !== parent);
  const waits = (name: string, among: readonly Edge[]): boolean =>
    among.some(({ child, parent }) => child === name && left.has(parent));
  const firm = pointing.filter(({ deferrable }) => !deferrable);
  while (left.size > 0) {
    const single = [...left].find((name) => !waits(name, pointing)) ?? [...left].find((name) => !waits(name, firm));
    const next = single === undefined ? smallestCircle([...left], firm) : [single];
    groups.push(next);
    for (const name of next) left.delete(name);
  }
  return groups;
}

/** Tables that reach each other and depend on no others. */
function smallestCircle(names: readonly string[], edges: readonly Edge[]): string[] {
  const reached = new Map(names.map((name) => [name, reachedFrom(name, names, edges)]));
  const circles = names.map((name) => names.filter((other) => other === name || isMutual(name, other)));
  const closed = circles.filter((circle) =>
    circle.every((name) => [...(reached.get(name) ?? [])].every((other) => circle.includes(other))),
  );
  return closed[0] ?? [...names];

  function isMutual(a: string, b: string): boolean {
    return reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true;
  }
}

function reachedFrom(name: string, names: readonly string[], edges: readonly Edge[]): Set<string> {
  const found = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const { child, parent } of edges)
      if (child === next && names.includes(parent) && !found.has(parent)) {
        found.add(parent);
        waiting.push(parent);
      }
  return found;
}
