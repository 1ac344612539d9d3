/**
 * A query that FTS5 refuses. The message is FTS5's own, letter for letter, so
 * that an application which shows it, or looks for it, need not change.
 */
export class Fts5Error extends Error {
  override readonly name = "Fts5Error";
  readonly query: string;

  constructor(message: string, query: string) {
    super(message);
    this.query = query;
  }
}
