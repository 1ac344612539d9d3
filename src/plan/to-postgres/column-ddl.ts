/** A column's line in CREATE TABLE. */

import type { ColumnPlan, Identity } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { Column } from "../../core/schema/catalog.ts";
import { epochSql } from "../../sql/translate/defaults/epoch-now.ts";
import { isNowAsText, translateDefault } from "../../sql/translate/defaults/translate-default.ts";
import type { Scope } from "../../sql/translate/scope.ts";
import type { Translation } from "../../sql/translate/translation.ts";
import type { Planning } from "../context.ts";
import type { Draft } from "./draft-table.ts";
import { carryText } from "./from-postgres/carry.ts";
import { carryingOf, expressionOf, isPostgres } from "./from-postgres/carrying.ts";
import { identityWords, isSequenced } from "./from-postgres/identity.ts";

export function columnLine(
  plan: ColumnPlan,
  draft: Draft,
  scope: Scope,
  identity: Identity | null,
  planning: Planning,
): string {
  const column = draft.table.columns.find((candidate) => candidate.name === plan.source) as Column;
  const name = quoteName(plan.target);
  const collate = collation(plan, column, planning);
  const notNull = column.notNull || column.isRowid ? " NOT NULL" : "";
  const own = scope.current?.columns.find((candidate) => candidate.source === plan.source);
  if (plan.computed && column.generated !== null && own !== undefined) {
    const expression = expressionOf(column.generated.expression, draft.table, scope, planning, own);
    if (expression.ok)
      return `${name} ${plan.pgType}${collate} GENERATED ALWAYS AS (${expression.sql}) STORED${notNull}`;
  }
  if (identity?.column === plan.target) {
    const { when, options } = identityWords(draft, column, planning);
    return `${name} ${plan.pgType} GENERATED ${when} AS IDENTITY (SEQUENCE NAME ${qualified(planning.input.staging, identity.sequence)}${options})`;
  }
  return `${name} ${plan.pgType}${collate}${defaultClause(plan, column, draft, planning)}${notNull}`;
}

function defaultClause(plan: ColumnPlan, column: Column, draft: Draft, planning: Planning): string {
  if (column.default === null || /^null$/i.test(column.default.trim())) return "";
  const at = `${draft.table.name}.${column.name}`;
  if (!isPostgres(planning) && isNumber(plan) && isNowAsText(column.default))
    return numberOfNow(plan, column, draft, planning);
  const translated = defaultOf(plan, column, column.default, planning);
  const objection = planning.input.refused.get(`default:${at}`) ?? (translated.ok ? null : translated.reason);
  if (translated.ok && objection === null) {
    planning.trials.push({
      id: `default:${at}`,
      sql: `ALTER TABLE ${qualified(planning.input.staging, draft.target)} ALTER COLUMN ${quoteName(plan.target)} SET DEFAULT ${translated.sql}`,
    });
    return ` DEFAULT ${translated.sql}`;
  }
  planning.hazards.meet({ code: "DEFAULT_LOST", at, message: `DEFAULT ${column.default}: ${objection}` });
  return "";
}

function isNumber({ encoding }: ColumnPlan): boolean {
  return encoding.kind === "integer" || encoding.kind === "real" || encoding.kind === "numeric";
}

/** Only the user knows the unit of the column's numbers. */
function numberOfNow(plan: ColumnPlan, column: Column, draft: Draft, planning: Planning): string {
  const largest = draft.profile.columns[column.name]?.integers?.max.replace("-", "") ?? "";
  const units = largest.length > 11 ? ["epoch-ms", "epoch-s"] : ["epoch-s", "epoch-ms"];
  const policy = planning.hazards.meet({
    code: "DEFAULT_UNIT",
    at: `${draft.table.name}.${column.name}`,
    message: `DEFAULT ${column.default}: SQLite stores it as a text, and the column holds numbers${largest === "" ? "" : ` such as ${largest}`}, which become ${plan.pgType}`,
    offered: [...units, "none"],
  });
  if (policy !== "epoch-s" && policy !== "epoch-ms") return "";
  const sql =
    policy === "epoch-s"
      ? epochSql({ unit: "seconds", to: "second" })
      : epochSql({ unit: "milliseconds", to: "milliseconds" });
  return ` DEFAULT (${sql})${plan.encoding.kind === "real" ? "::float8" : ""}`;
}

function defaultOf(plan: ColumnPlan, column: Column, text: string, planning: Planning): Translation {
  if (!isPostgres(planning))
    return translateDefault(text, { pgType: plan.pgType, encoding: plan.encoding, affinity: column.affinity });
  if (isSequenced(column)) return { ok: false, reason: "the sequence is shared, or counts down, and does not move" };
  return carryText(text, carryingOf(planning));
}

/** SQLite's BINARY where the target's texts have another order; a PostgreSQL source says itself what it wants. */
function collation(plan: ColumnPlan, column: Column, planning: Planning): string {
  const { settings, target } = planning.input;
  if (isPostgres(planning))
    return /^(C|POSIX|ucs_basic)$/.test(column.collation) ? ` COLLATE "${column.collation}"` : "";
  return plan.pgType === "text" && settings.target.collation === "binary" && !target.binaryOrder ? ' COLLATE "C"' : "";
}
