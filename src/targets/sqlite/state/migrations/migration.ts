/** One step from a version of the state to the next. A kept one is never changed: states were made by it. */
export type Migration = {
  /** The version that the state has afterwards. */
  readonly version: number;
  readonly sql: string;
};
