/** Parents before children. */

export type Edge = {
  readonly constraint: string;
  readonly child: string;
  readonly parent: string;
  readonly deferrable: boolean;
};

export type Order =
  | { readonly ok: true; readonly names: readonly string[] }
  /** Constraints that none of the tables left can do without. */
  | { readonly ok: false; readonly circle: readonly Edge[] };

/** A circle is cut where its constraint can be deferred; a table may point to itself, one statement inserts it whole. */
export function parentsFirst(names: readonly string[], edges: readonly Edge[]): Order {
  const ordered: string[] = [];
  const left = new Set(names);
  const waitsFor = (edge: Edge, name: string): boolean =>
    edge.child === name && edge.parent !== name && left.has(edge.parent);
  while (left.size > 0) {
    const ready = (counts: (edge: Edge) => boolean): string | undefined =>
      [...left].find((name) => !edges.some((edge) => counts(edge) && waitsFor(edge, name)));
    const next = ready(() => true) ?? ready((edge) => !edge.deferrable);
    if (next === undefined)
      return {
        ok: false,
        circle: edges.filter(
          (edge) => !edge.deferrable && edge.child !== edge.parent && left.has(edge.child) && left.has(edge.parent),
        ),
      };
    ordered.push(next);
    left.delete(next);
  }
  return { ok: true, names: ordered };
}
