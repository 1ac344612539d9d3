/** What is asked of a SQLite file beside this process, and what it answers. */

/** `values`: rows with their values; `count`: only how many there are, which keeps memory flat. */
export type Question = { readonly sql: string; readonly as: "values" | "count" };

export type Reply =
  | { readonly rows: readonly (readonly unknown[])[]; readonly count: number; readonly ms: number }
  | { readonly error: string };
