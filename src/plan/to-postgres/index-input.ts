/** What the indexes of a table are planned from. */
import type { ColumnPlan } from "../../core/plan/plan.ts";
import type { TableProfile } from "../../core/plan/profile.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { Scope } from "../../sql/translate/scope.ts";

export type IndexInput = {
  readonly table: Table;
  readonly target: string;
  readonly columns: readonly ColumnPlan[];
  readonly profile: TableProfile;
  readonly scope: Scope;
  /** The source counts lengths in UTF-16. */
  readonly utf16: boolean;
  /** The source is a PostgreSQL whose indexes hold the same values: none is too long for an entry. */
  readonly fits: boolean;
  /** Source columns that the pipeline drops. */
  readonly dropped: (column: string) => boolean;
};
