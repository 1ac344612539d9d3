/** One step from a version of the state to the next. A kept one is never changed: states were made by it. */
export type Migration = {
  /** The version that the state has afterwards. */
  readonly version: number;
  /** Statements; `table` gives a table of the state with its schema, quoted. */
  readonly sql: (table: (name: string) => string) => string;
};
