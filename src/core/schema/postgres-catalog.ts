/**
 * What a PostgreSQL source's catalog says beyond {@link Catalog}: for the plan, which carries it into another
 * PostgreSQL or names it as lost. A catalog that went through transforms may have lost it, and is planned without.
 */

import type { HazardCode } from "../plan/hazards.ts";
import type { Catalog } from "./catalog.ts";

export type PostgresCatalog = Catalog & { readonly postgres: PostgresFacts };

export type PostgresFacts = {
  /** Schema that its unqualified names were in; expressions name it. */
  readonly schema: string;
  /** Integer columns filled by a sequence. Their `default` is its `nextval(…)`, for identity columns too. */
  readonly identities: readonly {
    readonly table: string;
    readonly column: string;
    readonly always: boolean;
    readonly increment: string;
  }[];
  /** Exclusion and temporal constraints, as pg_get_constraintdef writes them. */
  readonly constraints: readonly { readonly table: string; readonly name: string; readonly sql: string }[];
  /** CHECK constraints that old rows need not meet. */
  readonly notValid: readonly { readonly table: string; readonly name: string }[];
  /** Types of the schema's own: what stands for them, and how expressions name them. */
  readonly types: readonly { readonly schema: string; readonly name: string; readonly becomes: string }[];
  readonly comments: readonly { readonly table: string; readonly column: string | null; readonly text: string }[];
  /** Decisions of the connector that need no acceptance. */
  readonly notes: readonly { readonly code: string; readonly at: string; readonly message: string }[];
  /** Objects that have no place in a {@link Catalog}. */
  readonly others: readonly {
    /** As in `policy p of t`. */
    readonly object: string;
    readonly reason: string;
    /** Loses something that an acceptance must answer for. */
    readonly hazard: { readonly code: HazardCode; readonly at: string } | null;
  }[];
};

/** Null for every other source. */
export function postgresFacts(catalog: Catalog): PostgresFacts | null {
  return (catalog as Partial<PostgresCatalog>).postgres ?? null;
}
