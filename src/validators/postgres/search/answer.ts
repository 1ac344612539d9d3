/** One side's answer to a query, and how two answers compare. */
export type Answer =
  | {
      readonly ok: true;
      /** In the order of their scores. */
      readonly ids: readonly bigint[];
      /** Null where the module has no scores. */
      readonly scores: readonly number[] | null;
      readonly ms: number;
    }
  | { readonly ok: false; readonly error: string; readonly ms: number };

export type Comparison = {
  /** `refused`: neither side answers. */
  readonly outcome: "answered" | "refused" | "refused by one";
  readonly sets: boolean;
  readonly order10: boolean;
  readonly order50: boolean;
  readonly sameText: boolean;
  /** Where the order differs among the first 50, all scores there are equal. */
  readonly tiesOnly: boolean;
  /** Over rows both sides have; 0 where there are no scores. */
  readonly maxScoreDifference: number;
  readonly sameScores: boolean;
  /** Common rows whose scores differ. */
  readonly differentScores: number;
  /** Rows of one side only: the first few, and how many. */
  readonly missing: Few;
  readonly extra: Few;
};

export type Few = { readonly ids: readonly bigint[]; readonly count: number };

const fewest = 20;

export function compareAnswers(source: Answer, target: Answer): Comparison {
  if (!source.ok || !target.ok) return compareErrors(source, target);
  const ours = byId(source.ids);
  const theirs = byId(target.ids);
  const missing: bigint[] = [];
  const extra: bigint[] = [];
  const counts = { missing: 0, extra: 0 };
  let maxScoreDifference = 0;
  let differentScores = 0;
  for (let i = 0, j = 0; i < ours.length || j < theirs.length; ) {
    const a = ours[i];
    const b = theirs[j];
    const x = a === undefined ? undefined : source.ids[a];
    const y = b === undefined ? undefined : target.ids[b];
    if (x !== undefined && (y === undefined || x < y)) {
      if (counts.missing++ < fewest) missing.push(x);
      i += 1;
    } else if (y !== undefined && (x === undefined || y < x)) {
      if (counts.extra++ < fewest) extra.push(y);
      j += 1;
    } else {
      const difference = scoreDifference(source.scores, target.scores, a ?? 0, b ?? 0);
      maxScoreDifference = Math.max(maxScoreDifference, difference);
      differentScores += Number(difference > 0);
      i += 1;
      j += 1;
    }
  }
  const sets = counts.missing === 0 && counts.extra === 0;
  const order = (depth: number) => startsAlike(source.ids, target.ids, depth);
  return {
    outcome: "answered",
    sets,
    order10: order(10),
    order50: order(50),
    sameText: true,
    tiesOnly: sets && maxScoreDifference === 0 && isOrderOfTies(source, target),
    maxScoreDifference,
    sameScores: sets && differentScores === 0,
    differentScores,
    missing: { ids: missing, count: counts.missing },
    extra: { ids: extra, count: counts.extra },
  };
}

function compareErrors(source: Answer, target: Answer): Comparison {
  const both = !source.ok && !target.ok && isOfQueries(target.error);
  const only = (answer: Answer): Few =>
    answer.ok ? { ids: answer.ids.slice(0, fewest), count: answer.ids.length } : { ids: [], count: 0 };
  return {
    outcome: both ? "refused" : "refused by one",
    sets: both,
    order10: both,
    order50: both,
    sameText: both && source.error === target.error,
    tiesOnly: false,
    maxScoreDifference: 0,
    sameScores: both,
    differentScores: 0,
    missing: only(source),
    extra: only(target),
  };
}

/** FTS5's words, and the limits of our own: any other error of PostgreSQL's is none of the query. */
function isOfQueries(error: string): boolean {
  return /^(fts5: |fts5 expression|unterminated string|no such column: |expected integer, got |unknown special query)/.test(
    error,
  );
}

/** Positions in order of the ids there. */
function byId(ids: readonly bigint[]): Uint32Array {
  const values = BigInt64Array.from(ids);
  const compare = (a: number, b: number) => {
    const x = values[a] ?? 0n;
    const y = values[b] ?? 0n;
    return x < y ? -1 : x > y ? 1 : 0;
  };
  return Uint32Array.from(ids, (_, i) => i).sort(compare);
}

function scoreDifference(
  ours: readonly number[] | null,
  theirs: readonly number[] | null,
  a: number,
  b: number,
): number {
  if (ours === null || theirs === null) return 0;
  const difference = Math.abs((ours[a] ?? 0) - (theirs[b] ?? 0));
  // Two equal infinities, or not a number on one side only.
  return Number.isNaN(difference) ? (Object.is(ours[a], theirs[b]) ? 0 : Number.POSITIVE_INFINITY) : difference;
}

function startsAlike(a: readonly bigint[], b: readonly bigint[], depth: number): boolean {
  const size = Math.min(depth, Math.max(a.length, b.length));
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isOrderOfTies(source: Answer, target: Answer): boolean {
  if (!source.ok || !target.ok) return false;
  return source.ids.every((id, i) => id === target.ids[i] || source.scores?.[i] === target.scores?.[i]);
}
