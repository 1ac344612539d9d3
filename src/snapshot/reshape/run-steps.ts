/** A chain's steps joined into one function: each hands its rows on as it makes them, so nothing is gathered between them. */
import type { Chain, Services, Shape, Step, Value } from "../../core/plan/transform.ts";

export type RunningChain = {
  /** One source row through all steps. */
  apply(row: readonly Value[]): void;
  /** By step. */
  readonly rowsIn: number[];
  readonly rowsOut: number[];
  /** The step that was at work last and the row it had: what a thrown error is about. Null when there are no steps. */
  at(): { readonly step: Step; readonly columns: readonly string[]; readonly row: readonly Value[] } | null;
};

/** `sink` gets finished rows with the shape that they have. */
export function startChain(
  chain: Chain,
  source: Shape,
  services: Services,
  sink: (shape: Shape, row: Value[]) => void,
): RunningChain {
  const { steps } = chain;
  const last = steps.at(-1)?.outputs[0] ?? chain.outputs[0];
  const rowsIn = steps.map(() => 0);
  const rowsOut = steps.map(() => 0);
  const had: (readonly Value[])[] = steps.map(() => []);
  const applies = steps.map((step) => step.start(services));
  let at = 0;
  let next: (row: Value[]) => void = (row) => sink(last, row);
  for (let i = steps.length - 1; i >= 0; i--) {
    const [step, apply, forward] = [steps[i], applies[i], next];
    if (step === undefined || apply === undefined) continue;
    const emit = (output: number, row: Value[]): void => {
      if (output === 0) {
        rowsOut[i] = (rowsOut[i] ?? 0) + 1;
        forward(row);
        at = i;
        return;
      }
      const shape = step.outputs[output];
      if (shape === undefined) throw new Error(`${step.label} has no output ${output}`);
      sink(shape, row);
    };
    next = (row) => {
      rowsIn[i] = (rowsIn[i] ?? 0) + 1;
      had[i] = row;
      at = i;
      apply(row, emit);
    };
  }
  const first = next;
  return {
    apply: (row) => first(row as Value[]),
    rowsIn,
    rowsOut,
    at() {
      const step = steps[at];
      if (step === undefined) return null;
      const shape = at === 0 ? source : (steps[at - 1]?.outputs[0] ?? source);
      return { step, columns: shape.columns.map(({ name }) => name), row: had[at] ?? [] };
    },
  };
}
