/** The median of each figure over some runs that have the same shape. */
export function medianOf(runs) {
  const [first] = runs;
  if (typeof first === "number") return middle(runs);
  if (typeof first !== "object" || first === null) return first;
  return Object.fromEntries(Object.keys(first).map((key) => [key, medianOf(runs.map((run) => run[key]))]));
}

function middle(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
