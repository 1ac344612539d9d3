/** SQL that this parser cannot read. Internal: callers turn it into a reported loss, never into a stop. */
export class SqlSyntaxError extends Error {
  override readonly name = "SqlSyntaxError";
  /** Offset into the SQL text. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
