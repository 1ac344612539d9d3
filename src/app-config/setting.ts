/** What a setting is, and the errors about settings: they name file, line and key, and never a value. */
import { RowhaulError } from "../core/messages/errors.ts";

export type Setting = string | number | boolean | null;

/** Keys to values. In JSON and YAML a key may be a path with dots: `database.client`. */
export type Settings = Readonly<Record<string, Setting>>;

/** One parsed configuration file: its name for messages, and its text without a byte order mark. */
export type Source = { readonly path: string; readonly text: string };

/** A configuration file that cannot be read or edited as asked; nothing has been touched. */
export function badConfig(source: Source, offset: number, message: string, hint: string): RowhaulError {
  return new RowhaulError("PIPELINE_INVALID", `${source.path}, line ${lineAt(source.text, offset)}: ${message}.`, {
    hint,
  });
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Line ends of the file: those of its first line. */
export function lineEnd(text: string): "\n" | "\r\n" {
  return /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
}

/** Puts `inserted` in place of the characters from `start` to `end`. */
export function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** The white space before `offset` when nothing else precedes it on its line, else null. */
export function indentBefore(text: string, offset: number): string | null {
  return /(?:^|\n)([ \t]*)$/.exec(text.slice(0, offset))?.[1] ?? null;
}
