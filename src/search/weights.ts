/** The weights of bm25 that an FTS5 table keeps in its configuration: `INSERT INTO t(t, rank) VALUES ('rank', 'bm25(10, 5)')`. */
export function persistedWeights(rank: string | undefined): number[] | null {
  const list = /^\s*bm25\s*\(([^)]*)\)\s*$/i.exec(rank ?? "")?.[1]?.trim();
  if (list === undefined || list === "") return null;
  const weights = list.split(",").map((item) => Number(item.trim().replace(/^'(.*)'$|^null$/i, "$1")));
  return weights.every(Number.isFinite) ? weights : null;
}
