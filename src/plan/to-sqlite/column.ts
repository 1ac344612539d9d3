/**
 * A column of a SQLite file: a declared type under which every value keeps its storage class. Affinity may turn the
 * text '007' into a number, so a type is taken over only where the profile shows nothing that it would convert.
 */

import type { ColumnPlan } from "../../core/plan/plan.ts";
import type { ColumnProfile } from "../../core/plan/profile.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Affinity, Column, Table } from "../../core/schema/catalog.ts";
import { declaredKind } from "../../core/schema/declared-type.ts";
import { byName } from "../context.ts";
import type { SqlitePlanning } from "./context.ts";

export type SqliteColumn = { readonly column: Column; readonly declared: string; readonly plan: ColumnPlan };

/** `own`: the table keeps its own CREATE TABLE, under which the values were stored. */
export function decideColumn(table: Table, column: Column, own: boolean, planning: SqlitePlanning): SqliteColumn {
  const profile = byName(planning.input.profile.tables[table.name]?.columns ?? {}, column.name);
  const { declared, reason, real } = own
    ? { declared: column.declaredType, reason: "as it is declared", real: false }
    : column.pgType === undefined
      ? keptType(column, profile)
      : typeOfPostgres(column, column.pgType);
  if (!own && column.pgType !== undefined && /^numeric/.test(column.pgType))
    planning.notes.push({
      code: "NUMERIC_AS_TEXT",
      at: `${table.name}.${column.name}`,
      message: `${column.pgType} becomes TEXT, which keeps every digit; compare and sort it as a number with CAST(${column.name} AS REAL)`,
    });
  const computed = column.generated !== null && planning.input.catalog.dialect !== "postgres";
  if (column.generated !== null && !computed)
    planning.hazards.meet({
      code: "GENERATED_LOST",
      at: `${table.name}.${column.name}`,
      message: `the expression ${column.generated.expression} is PostgreSQL's; its values are carried`,
    });
  return {
    column: computed ? column : { ...column, generated: null },
    declared,
    plan: {
      source: column.name,
      target: column.name,
      encoding: { kind: real ? "real" : "tagged" },
      pgType: declared,
      arrives: real ? "equivalently" : "exactly",
      reason,
      computed,
      rules: [],
    },
  };
}

type Decision = { readonly declared: string; readonly reason: string; readonly real: boolean };

function typeOfPostgres(column: Column, pgType: string): Decision {
  if (column.isRowid || /^(smallint|integer|bigint)$/.test(pgType))
    return { declared: "INTEGER", reason: `${pgType} is an INTEGER`, real: false };
  if (pgType === "boolean") return { declared: "BOOLEAN", reason: "true is 1, false is 0", real: false };
  if (pgType === "bytea") return { declared: "BLOB", reason: "bytea is a BLOB", real: false };
  if (/^(double precision|real)$/.test(pgType))
    return {
      declared: "DOUBLE PRECISION",
      reason: `${pgType} is a REAL; NaN, which SQLite does not have, stays the text NaN, and −0 is 0`,
      real: true,
    };
  return { declared: "TEXT", reason: `${pgType} is the text that PostgreSQL writes`, real: false };
}

function keptType(column: Column, profile: ColumnProfile | undefined): Decision {
  const { declaredType } = column;
  const kept = { declared: declaredType, reason: "as it is declared", real: false };
  if (column.isRowid) return { ...kept, declared: "INTEGER" };
  if (profile === undefined || keeps(affinityOf(declaredType), declaredType, profile)) return kept;
  const { counts } = profile;
  if (counts.integer === 0 && counts.real === 0)
    return { ...kept, declared: "TEXT", reason: `${declaredType} would turn some of its texts into numbers` };
  return { ...kept, declared: "", reason: `${declaredType} would change the class of some values` };
}

function keeps(affinity: Affinity, declaredType: string, { counts, reals, layouts }: ColumnProfile): boolean {
  switch (affinity) {
    case "BLOB":
      return true;
    case "TEXT":
      return counts.integer === 0 && counts.real === 0;
    case "REAL":
      return counts.integer === 0 && counts.text === 0 && (reals?.negativeZero ?? 0) === 0;
    default: {
      // A date with its hyphens is no number.
      const dates = layouts.reduce((sum, { found }) => sum + found.count, 0);
      return (
        counts.real === 0 && (counts.text === 0 || (declaredKind(declaredType) === "date" && dates === counts.text))
      );
    }
  }
}
