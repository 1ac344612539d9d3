/** How many places a text takes in a terminal. */
import { createRequire } from "node:module";
import { coloursStart } from "./paint.ts";

const colours = new RegExp(`${coloursStart}[0-9;]*m`, "gu");
const plain = /^[\x20-\x7e]*$/;
let library: ((text: string) => number) | null = null;

/** Most texts are plain; what others need is loaded for the first of them, and never for `--help`. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  if (text.includes(coloursStart)) return textWidth(text.replace(colours, ""));
  library ??= (createRequire(import.meta.url)("string-width") as { default: (text: string) => number }).default;
  return library(text);
}
