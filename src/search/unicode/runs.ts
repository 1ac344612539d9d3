/** Reads the compact texts of the generated files beside this one: `41-5a 100-12e/2 300-304=0 c0-d6>e0`. */

export type Run = { readonly first: number; readonly last: number };

/** Every code point of the runs, as written. */
export function pointsOf(text: string): number[] {
  return [...each(text)].map(([point]) => point);
}

/** What each code point of the runs becomes. */
export function targetsOf(text: string): Map<number, number> {
  return new Map(each(text));
}

/** The fewest unbroken runs that hold these code points. */
export function runsOf(points: Iterable<number>): Run[] {
  const runs: { first: number; last: number }[] = [];
  for (const point of [...points].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run === undefined || point > run.last + 1) runs.push({ first: point, last: point });
    else run.last = point;
  }
  return runs;
}

function* each(text: string): Generator<[point: number, target: number]> {
  for (const [, first = "", last = first, step = "1", how = ">", to = first] of text.matchAll(run)) {
    const start = Number.parseInt(first, 16);
    const target = Number.parseInt(to, 16);
    for (let point = start; point <= Number.parseInt(last, 16); point += Number(step)) {
      yield [point, how === "=" ? target : target + point - start];
    }
  }
}

const run = /([0-9a-f]+)(?:-([0-9a-f]+))?(?:\/(\d))?(?:([=>])([0-9a-f]+))?/g;
