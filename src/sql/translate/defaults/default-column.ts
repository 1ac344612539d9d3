/** The column that a default belongs to. */
import type { ScopeColumn } from "../scope.ts";

export type DefaultColumn = Pick<ScopeColumn, "pgType" | "encoding" | "affinity">;
