import type { IntoMode } from "../../core/plan/into-mode.ts";

/** How rows go into a table that is there, and why: as `rowhaul init` proposes it. */
export type ProposedMode = { readonly mode: IntoMode; readonly why: string };
