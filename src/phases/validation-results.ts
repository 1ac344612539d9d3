/** Reports what validators found, and throws where anything differs. */

import type { ValidatorResult } from "../core/finding.ts";
import { plural } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Context } from "./run/context.ts";

export function emitResults({ emit }: Pick<Context, "emit">, results: readonly ValidatorResult[]): void {
  for (const result of results) {
    for (const finding of result.findings.slice(0, 50)) emit({ type: "finding", finding });
    emit({ type: "validated", result });
  }
}

/** Possible causes of the differences, as sentences, and lines for the pipeline file that deal with them. */
export type Advice = { readonly details: readonly string[]; readonly paste: readonly string[] };

/** Throws VALIDATION_FAILED with the first of the differences. */
export function refuseDifferences(
  results: readonly ValidatorResult[],
  advice: Advice = { details: [], paste: [] },
): void {
  const failed = results.filter((result) => !result.passed);
  if (failed.length === 0) return;
  const differences = failed.reduce((sum, result) => sum + result.differences, 0);
  const worst = failed
    .flatMap((result) => result.findings.filter((finding) => finding.level === "difference"))
    .slice(0, 5);
  throw new RowhaulError("VALIDATION_FAILED", `${plural(differences, "difference")} between source and target.`, {
    ...(new Set(worst.map(({ table }) => table)).size === 1 ? { place: { table: worst[0]?.table ?? "" } } : {}),
    details: [
      ...worst.map(({ table, key, column, message }) =>
        [table, key, column, message].filter((part) => part !== null).join(" "),
      ),
      ...advice.details,
    ],
    paste: advice.paste,
    ...(advice.paste.length === 0
      ? {}
      : {
          hint: "Add the printed lines to the pipeline file if that is meant; all findings: `rowhaul report <pipeline>`.",
        }),
  });
}
