/**
 * Whether a view must show the same rows on both sides. One that asks for the
 * time, for random values or for some rows of an unsaid order need not, nor one
 * whose translation says that a value may differ; nor any view made from such.
 */

import type { Plan, ViewPlan } from "../../../core/plan/plan.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import { foldName } from "../../../core/schema/names.ts";

export function isDeterminate(view: ViewPlan, plan: Plan, catalog: Catalog): boolean {
  const seen = new Set<string>();
  const check = (one: ViewPlan): boolean => {
    if (seen.has(one.source)) return true;
    seen.add(one.source);
    const text = `${catalog.views.find((written) => written.name === one.source)?.sql ?? ""}\n${one.sql}`;
    if (indeterminate.test(text)) return false;
    if (plan.notes.some((note) => note.code === "VIEW_TRANSLATED" && note.at === one.source)) return false;
    return plan.views.every((other) => !mentions(text, other.source) || check(other));
  };
  return check(view);
}

/** LIMIT also stands in the translation of a subquery used as a value: the first row, of no order. */
const indeterminate =
  /\b(limit|over|group_concat|string_agg|random|randomblob|now|current_(date|time|timestamp))\b|\b(date|time|datetime|julianday|unixepoch)\s*\(\s*\)|\bstrftime\s*\(\s*'[^']*'\s*\)/i;

function mentions(text: string, view: string): boolean {
  return foldName(text).includes(foldName(view));
}
