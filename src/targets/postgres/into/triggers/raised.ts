/** The message of a trigger function that refuses a row, and where it was raised. */
import { RowhaulError } from "../../../../core/messages/errors.ts";
import { acceptLines } from "../../../../core/messages/yaml-text.ts";
import type { Plan, TablePlan } from "../../../../core/plan/plan.ts";

type ServerError = {
  readonly message?: string;
  readonly code?: string;
  readonly table?: string;
  readonly detail?: string;
  readonly hint?: string;
  /** The calls that the server was in, innermost first. */
  readonly where?: string;
};

/** Null where the refusal did not come from a trigger function. */
export function raised(thrown: unknown, plan: TablePlan): RowhaulError | null {
  const { code = "", table, where } = thrown as ServerError;
  const elsewhere = code.startsWith("23") && table !== undefined && table !== plan.target && where !== undefined;
  if (!code.startsWith("P0") && !elsewhere) return null;
  return refusal(thrown, `A trigger of ${plan.target} refuses rows`, plan.source, placesOf([plan]));
}

/** A deferred check that fails at the end; a rerun would not help. */
export async function settling<T>({ tables }: Plan, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown as ServerError).code?.startsWith("P0")) throw thrown;
    throw refusal(thrown, "A trigger that waits until all rows are there refuses them", null, placesOf(tables));
  }
}

/** The calls, as details of an error whose message comes from elsewhere. */
export function callsOf(thrown: unknown): string[] {
  const { where } = thrown as ServerError;
  return where === undefined ? [] : [`In: ${where.split("\n").slice(0, 3).join("; ")}`];
}

function refusal(thrown: unknown, what: string, table: string | null, places: readonly string[]): RowhaulError {
  const { message = "", code, detail, hint } = thrown as ServerError;
  const more = [detail, hint].filter((text) => text !== undefined);
  return new RowhaulError("CONSTRAINT_VIOLATED", `${what}: ${message} (SQLSTATE ${code}).`, {
    ...(table === null ? {} : { place: { table } }),
    details: [...more, ...callsOf(thrown)],
    paste: acceptLines("TRIGGER_FIRES", "object", "disable", places),
    cause: thrown,
    hint: `Nothing was changed. Correct the rows in the source, or leave them out with \`where\`, and start over: \`rowhaul run <pipeline> --fresh\`${places.length === 0 ? "" : "; or switch the trigger off while they go in by the printed lines"}.`,
  });
}

function placesOf(tables: readonly TablePlan[]): string[] {
  return tables.flatMap(({ source, triggers }) => (triggers?.keep ?? []).map((name) => `${source}.${name}`));
}
