/** Columns of a table in a terminal, where a character may take two places or none. */
import { textWidth } from "./width.ts";

export function widest(texts: readonly string[], atLeast = 0): number {
  return Math.max(atLeast, ...texts.map((text) => textWidth(text)));
}

export function padTo(places: number, text: string): string {
  return text + " ".repeat(Math.max(0, places - textWidth(text)));
}
