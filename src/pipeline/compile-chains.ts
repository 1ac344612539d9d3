/** The chains of a pipeline: one for each table that has steps, and for each whose `where` asks about other tables. */

import { RowhaulError } from "../core/messages/errors.ts";
import { nearest } from "../core/messages/nearest.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { type CompileContext, type CompiledChain, compileChain } from "../transforms/compile-chain.ts";
import { mentions } from "../transforms/reshaped/identifiers.ts";
import type { LeftBySource } from "./selection.ts";

/** Throws PLAN_INVALID. */
export function compileChains(
  left: LeftBySource,
  wanted: (table: string) => boolean,
  context: CompileContext,
): CompiledChain[] {
  const { catalog } = context;
  const own = Object.entries(left.tables ?? {});
  refuseStepsWithoutTable(left, catalog);
  return catalog.tables.flatMap((table) => {
    const given = own.find(([name]) => sameName(name, table.name))?.[1];
    if (given === undefined || !wanted(table.name)) return [];
    const { steps, where } = given;
    if (steps.length === 0 && (table.fullText !== undefined || !asksOthers(where, catalog))) return [];
    return [compileChain(table, given, context)];
  });
}

/** Evaluated after the steps it would see other rows than the source's. */
function asksOthers(where: string | null, { tables, views, virtualTables }: Catalog): boolean {
  return (
    where !== null &&
    mentions(
      where,
      [...tables, ...views, ...virtualTables].map(({ name }) => name),
    ) !== undefined
  );
}

/** Steps that no table would ever run, such as a mask under a name with a `*`. */
function refuseStepsWithoutTable({ tables }: LeftBySource, catalog: Catalog): void {
  for (const [name, { steps }] of Object.entries(tables ?? {})) {
    if (steps.length === 0 || catalog.tables.some((table) => sameName(table.name, name))) continue;
    const known = catalog.tables.map((table) => table.name);
    const meant = nearest(name, known);
    throw new RowhaulError(
      "PLAN_INVALID",
      name.includes("*")
        ? `"${name}" has steps, but steps are given to one table at a time.`
        : `${name} has steps, but the source has no such table${meant === null ? "" : `; did you mean ${meant}?`}`,
      {
        place: { table: name },
        details: [`It has: ${known.join(", ")}`],
        hint: "Rows of a table that steps make are changed by steps of the table they come from.",
      },
    );
  }
}
