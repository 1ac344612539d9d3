/** Long lines broken at spaces to a terminal's width, so that no word is cut and the indentation stays readable. */
import { textWidth } from "./width.ts";

/** Columns of a terminal; null for anything else, and for one too narrow to be worth it. */
export function widthOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number | null {
  const columns = stream.columns ?? 0;
  return stream.isTTY === true && columns >= 40 ? columns : null;
}

/** `width` null leaves the text as it is. Colours count nothing, and wide characters as two columns. */
export function wrapText(text: string, width: number | null): string {
  if (width === null) return text;
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  if (textWidth(line) <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const hanging = `${indent}    `;
  const lines: string[] = [];
  let current = indent;
  let empty = true;
  // The spaces before a word stay with it: columns are aligned by them.
  for (const [, spaces = "", word = ""] of line.slice(indent.length).matchAll(/( *)([^ ]+)/g)) {
    if (!empty && textWidth(current) + spaces.length + textWidth(word) > width) {
      lines.push(current);
      current = hanging + word;
    } else current += spaces + word;
    empty = false;
  }
  return [...lines, current];
}
