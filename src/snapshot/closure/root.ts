/** The row, or rows, that a selection begins with. */

export type RootSelection = {
  readonly table: string;
  /** Also the rows that the selected ones point to, and those that these point to. */
  readonly parents: boolean;
} & ({ readonly where: string } | { readonly key: string | readonly string[] });
