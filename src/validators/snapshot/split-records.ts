/**
 * Cuts a stream of JSON text into its rows, knowing nothing of JSON but brackets
 * and strings: the rows themselves are for JSON.parse.
 */
export type RecordSplitter = {
  push(text: string): void;
  /** False when a row is still open. */
  end(): boolean;
};

/** `rowDepth`: brackets open around a row: 0 of lines, 1 in an array, 2 in an object of arrays. */
export function splitRecords(
  rowDepth: 0 | 1 | 2,
  onTable: (name: string) => void,
  onRow: (text: string) => void,
): RecordSplitter {
  const token = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}[\]]/g;
  let rest = "";
  let depth = 0;
  // Within `rest`, where the row begins and where to go on looking.
  let start = -1;
  let next = 0;
  let lastString = "";
  return {
    push(text) {
      rest += text;
      // End of the line that was examined as a whole.
      let seen = 0;
      for (;;) {
        if (depth === 0 && rowDepth === 0 && next >= seen) seen = plainLines();
        token.lastIndex = next;
        const found = token.exec(rest);
        if (found === null) break;
        const [text] = found;
        const end = token.lastIndex;
        // A string that has not ended yet: the quote before this match is its beginning.
        const open = rest.indexOf('"', next);
        if (open >= 0 && open < found.index) break;
        next = end;
        if (text === "{" || text === "[") {
          if (depth === rowDepth && start < 0) start = found.index;
          else if (depth === 1 && rowDepth === 2 && start < 0) onTable(JSON.parse(lastString) as string);
          depth++;
        } else if (text === "}" || text === "]") {
          depth--;
          if (depth === rowDepth && start >= 0) {
            onRow(rest.slice(start, end));
            start = -1;
          }
        } else if (start < 0) lastString = text;
      }
      const open = rest.indexOf('"', next);
      const keep = start >= 0 ? start : open >= 0 ? open : rest.length;
      // Between two tokens there is nothing to keep; within a row everything is.
      const scanned = open >= 0 ? open : rest.length;
      rest = rest.slice(keep);
      next = Math.max(0, scanned - keep);
      if (start >= 0) start = 0;
    },
    end: () => depth === 0 && start < 0 && !rest.includes('"'),
  };

  /** A line with a brace at each end and none within is a row: no string goes beyond a line. Gives the end of the first other one. */
  function plainLines(): number {
    for (;;) {
      while (rest[next] === "\n" || rest[next] === "\r") next++;
      const end = rest.indexOf("\n", next);
      if (end < 0) return rest.length;
      const close = rest[end - 1] === "\r" ? end - 2 : end - 1;
      const isPlain = rest[next] === "{" && rest.indexOf("}", next) === close && rest.lastIndexOf("{", close) === next;
      if (!isPlain) return end;
      onRow(rest.slice(next, close + 1));
      next = end + 1;
    }
  }
}
