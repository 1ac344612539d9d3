/** A value as better-sqlite3 gives it. */

export type Raw = string | number | bigint | Buffer | null;
