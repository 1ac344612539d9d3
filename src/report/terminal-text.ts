/**
 * What goes to a terminal: names, values and messages of others may hold sequences that move the cursor, change the title
 * or turn the text around. They are shown as what they are. Only newlines and tabs, and colours of our own, get through.
 */
import { hideCredentials } from "../core/messages/credentials.ts";
import { coloursStart } from "./paint.ts";

/** C0 but tab and newline, DEL, C1, line separators, and what changes the direction of writing. */
const controls = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** For a person, or for a program: JSON stays JSON, for what is written instead is an escape of it. */
export function shownText(text: string): string {
  return text
    .replace(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll(coloursStart, "\x1b[");
}

/** The same without credentials: of everything but what was asked for as it is. */
export function spokenText(text: string): string {
  return shownText(hideCredentials(text));
}
