/** What a plan's expressions of PostgreSQL are carried by. */
import type { Table } from "../../../core/schema/catalog.ts";
import { type PostgresFacts, postgresFacts } from "../../../core/schema/postgres-catalog.ts";
import type { Scope, ScopeRelation } from "../../../sql/translate/scope.ts";
import { translateExpression, type Use } from "../../../sql/translate/translate-expression.ts";
import type { Translation } from "../../../sql/translate/translation.ts";
import type { Planning } from "../../context.ts";
import { type Carrying, carryExpression } from "./carry.ts";

export function isPostgres({ input: { catalog } }: Planning): boolean {
  return catalog.dialect === "postgres";
}

/** `relations`: what can be named; an expression of one table needs none. */
export function carryingOf({ input }: Planning, relations: readonly ScopeRelation[] = []): Carrying {
  const { catalog, staging } = input;
  const facts = postgresFacts(catalog);
  return {
    facts,
    trusted: input.settings.source.kind !== "export",
    staging,
    relations: new Map(relations.map(({ source, target }) => [source, target])),
    known: new Set([...[...catalog.tables, ...catalog.views].map(({ name }) => name), ...behind(facts)]),
  };
}

/** An expression over one table's columns, in whichever SQL the source has. */
export function expressionOf(text: string, table: Table, scope: Scope, planning: Planning, use?: Use): Translation {
  if (!isPostgres(planning) || scope.current === null) return translateExpression(text, scope, use);
  return carryExpression(text, carryingOf(planning), scope.current, table);
}

/** Tables and materialized views that do not move. */
function behind(facts: PostgresFacts | null): string[] {
  return (facts?.others ?? []).flatMap(({ object }) => /^(?:table|materialized view) (.*)$/s.exec(object)?.[1] ?? []);
}
