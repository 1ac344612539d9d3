/**
 * Reads a stored vector back into tokens and their places, from PostgreSQL's text form of it and by nothing
 * but the layout's definition: a marker lexeme before each column, columns distinguished by labels (up to four)
 * or by a second lexeme at the same position.
 */
export type Word = {
  readonly lexeme: string;
  /** `column:offset,…`, in order. */
  readonly places: string;
};

/** `columns`: how many are indexed. A vector that breaks the layout gives places that no source has. */
export function wordsOf(vector: string, columns: number): Word[] {
  const entries = readVector(vector);
  return columns <= 4 ? labelled(entries) : twinned(entries);
}

type Position = { readonly at: number; readonly label: string };
type Entry = { readonly lexeme: string; readonly positions: readonly Position[] };

const marker = "\x02^";

function labelled(entries: readonly Entry[]): Word[] {
  const bases = new Map<string, number>();
  for (const { lexeme, positions } of entries)
    if (lexeme === marker) for (const { at, label } of positions) bases.set(label, at);
  return entries.flatMap(({ lexeme, positions }) => {
    if (lexeme === marker) return [];
    const places = positions.map(({ at, label }) => `${"ABCD".indexOf(label)}:${at - (bases.get(label) ?? at) - 1}`);
    return [{ lexeme, places: places.join(",") }];
  });
}

function twinned(entries: readonly Entry[]): Word[] {
  const markers = new Set(entries.find(({ lexeme }) => lexeme === marker)?.positions.map(({ at }) => at));
  const bases: { column: number; at: number }[] = [];
  const columnOf = new Map<string, number>();
  for (const { lexeme, positions } of entries) {
    const twin = twinOf(lexeme);
    if (twin === null) continue;
    for (const { at } of positions) {
      if (markers.has(at)) bases.push({ column: twin.column, at });
      else columnOf.set(`${at} ${twin.word}`, twin.column);
    }
  }
  bases.sort((a, b) => a.at - b.at);
  return entries.flatMap(({ lexeme, positions }) => {
    if (lexeme === marker || twinOf(lexeme) !== null) return [];
    const places = positions.map(({ at }) => {
      const base = bases.findLast((candidate) => candidate.at < at);
      const column = columnOf.get(`${at} ${lexeme}`);
      return base !== undefined && column === base.column ? `${column}:${at - base.at - 1}` : "?";
    });
    return [{ lexeme, places: places.join(",") }];
  });
}

function twinOf(lexeme: string): { column: number; word: string } | null {
  const end = lexeme.indexOf("\x02", 1);
  const column = lexeme.slice(1, end);
  if (!lexeme.startsWith("\x02") || !/^\d+$/.test(column)) return null;
  return { column: Number(column), word: lexeme.slice(end + 1) };
}

/** `'it''s':1A,5 'b':2`; quotes and backslashes are doubled, D is not written. */
function readVector(text: string): Entry[] {
  const entries: Entry[] = [];
  let i = 0;
  while (i < text.length) {
    let lexeme = "";
    for (i += 1; ; ) {
      const next = nextSpecial(text, i);
      lexeme += text.slice(i, next);
      i = next;
      if (i >= text.length) break;
      if (text[i] === text[i + 1]) {
        lexeme += text[i];
        i += 2;
        continue;
      }
      i += 1;
      break;
    }
    const end = text.indexOf(" ", i);
    const stop = end < 0 ? text.length : end;
    entries.push({ lexeme, positions: text[i] === ":" ? readPositions(text.slice(i + 1, stop)) : [] });
    i = stop + 1;
  }
  return entries;
}

function nextSpecial(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x27 || code === 0x5c) return i;
  }
  return text.length;
}

function readPositions(text: string): Position[] {
  return text.split(",").map((position) => {
    const label = /[A-D]$/.exec(position)?.[0] ?? "D";
    return { at: Number.parseInt(position, 10), label };
  });
}
