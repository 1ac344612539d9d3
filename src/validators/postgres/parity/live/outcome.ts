/** What the proof makes of a stored value in a live column. */
import type { LiveProblem } from "../../../../core/schema/live-type.ts";

export type LiveValue =
  | { readonly fits: true; readonly canonical: string; readonly layout?: string }
  | { readonly fits: false; readonly problem: LiveProblem };

/** A cell as the proof's own reader of the source has it. */
export type StoredValue = {
  readonly storage: "integer" | "real" | "text" | "blob";
  /** Decoded; null for what is no text, or not valid. */
  readonly text: string | null;
  /** UTF-8 of a text, bytes of a BLOB. */
  readonly bytes: Buffer;
  /** They are no text of a database in UTF-16, so that no bytes of UTF-8 stand for it. */
  readonly wide?: true;
  readonly number: number | bigint | null;
  /** A REAL as SQLite casts it to text. */
  readonly cast: string;
};

export function no(problem: LiveProblem): LiveValue {
  return { fits: false, problem };
}

export function yes(canonical: string, layout?: string): LiveValue {
  return layout === undefined ? { fits: true, canonical } : { fits: true, canonical, layout };
}
