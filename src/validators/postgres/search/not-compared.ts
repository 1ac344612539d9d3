/** Full-text tables of the source without a search in the target to compare with: reported, so that none is taken for proven. */

import type { Plan } from "../../../core/plan/plan.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import { isFullText } from "../../../core/schema/full-text.ts";
import { sameName } from "../../../core/schema/names.ts";

/** `docs_fts (left out)`; in the order of the source. */
export function notCompared(
  { tables }: Pick<Plan, "tables">,
  { virtualTables }: Pick<Catalog, "virtualTables">,
): string[] {
  return virtualTables
    .filter(({ module }) => isFullText(module))
    .flatMap(({ name }) => {
      const plan = tables.find(({ source }) => sameName(source, name));
      if (plan === undefined) return [`${name} (left out)`];
      if (plan.fullText !== undefined) return [];
      return [`${name} (${plan.into === undefined ? "a plain table" : `texts in ${plan.target}`})`];
    });
}
