/** What looking at a backup showed. */
export type Verdict = {
  /** `doubtful`: it could not be verified, or something is odd; the message says what. */
  readonly quality: "good" | "doubtful" | "bad";
  readonly message: string;
};

export type VerifyContext = {
  /** Of the live source; null where it is no SQLite file, and there is nothing to compare with. */
  readonly source: { readonly rows: ReadonlyMap<string, number>; readonly orphans: number } | null;
  /** An empty folder of its own, removed by the caller. */
  readonly scratch: string;
  /** The program that reads PostgreSQL's dumps. */
  readonly pgRestore: string;
  readonly signal: AbortSignal;
};

export function good(message: string): Verdict {
  return { quality: "good", message };
}

export function doubtful(message: string): Verdict {
  return { quality: "doubtful", message };
}

export function bad(message: string): Verdict {
  return { quality: "bad", message };
}
