/** What is wrong with a JSON text, and where: the caller makes of it an error that names the file. */

/** Position within the text: bytes from its start, and its line, from 1. */
export type JsonPlace = { readonly offset: number; readonly line: number };

export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
  /** One phrase, without place and full stop: `a number has a leading zero`. */
  readonly reason: string;
  readonly place: JsonPlace;
  /** The text ends before the value does. */
  readonly truncated: boolean;
  /** A key stands twice in one object, which is JSON, but says two things. */
  readonly duplicate: boolean;

  constructor(reason: string, place: JsonPlace, kind: "invalid" | "truncated" | "duplicate" = "invalid") {
    super(`${reason} (line ${place.line}, byte ${place.offset})`);
    this.reason = reason;
    this.place = place;
    this.truncated = kind === "truncated";
    this.duplicate = kind === "duplicate";
  }
}
