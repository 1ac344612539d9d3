/** What queries are made of, and for what kind of table. */
import type { FullTextPlan } from "../../../../core/schema/full-text.ts";

export type Material = {
  /** Words of the index, by how many rows have them: the rarest first. */
  readonly strata: readonly (readonly string[])[];
  /** Pieces of the texts, as they are. */
  readonly slices: readonly string[];
};

export type Shape = {
  readonly module: FullTextPlan["module"];
  readonly detail: FullTextPlan["detail"];
  readonly columns: readonly string[];
  /** Words are three characters long: queries are substrings. */
  readonly trigram: boolean;
};
