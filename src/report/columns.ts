/** Columns of a table in a terminal, where a character may take two places or none. */
import stringWidth from "string-width";

export function widest(texts: readonly string[], atLeast = 0): number {
  return Math.max(atLeast, ...texts.map((text) => stringWidth(text)));
}

export function padTo(width: number, text: string): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
