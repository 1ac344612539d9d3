/** Durations as people write them in a pipeline file: `90s`, `5m`, `1h 30m`. */

/** Milliseconds; null when the text is no duration. Units may be combined, largest first, each once. */
export function parseDuration(text: string): number | null {
  const found = /^(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?\s*(?:(\d+)\s*ms)?$/.exec(
    text.trim(),
  );
  const parts = found?.slice(1) ?? [];
  if (parts.every((part) => part === undefined)) return null;
  const total = parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (units[i]?.ms ?? 0), 0);
  return Number.isSafeInteger(total) ? total : null;
}

/** The inverse: whole milliseconds to a text that {@link parseDuration} reads as the same. */
export function writeDuration(ms: number): string {
  let left = ms;
  const parts = units.flatMap((unit) => {
    const many = Math.floor(left / unit.ms);
    left -= many * unit.ms;
    return many === 0 ? [] : [`${many}${unit.name}`];
  });
  return parts.join(" ") || "0s";
}

/** For messages: the two largest units, which is as exact as an estimate or an age needs to be. */
export function aboutDuration(ms: number): string {
  if (ms < 995) return `${Math.round(ms)}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")}s`;
  return writeDuration(Math.round(ms / 1000) * 1000)
    .split(" ")
    .slice(0, 2)
    .join(" ");
}

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "m", ms: 60_000 },
  { name: "s", ms: 1000 },
  { name: "ms", ms: 1 },
] as const;
