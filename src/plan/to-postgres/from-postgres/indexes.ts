/** Indexes of a PostgreSQL source, as its own definition says: method, operator classes, INCLUDE and WHERE stay. */

import type { FinishStep } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Index } from "../../../core/schema/catalog.ts";
import { postgresFacts } from "../../../core/schema/postgres-catalog.ts";
import { noteName, type Planning } from "../../context.ts";
import type { IndexInput } from "../index-input.ts";
import { madeIndex } from "../made-index.ts";
import { carryExpression } from "./carry.ts";
import { carryingOf } from "./carrying.ts";
import { wordsOf } from "./words.ts";

export function carriedIndex(index: Index, input: IndexInput, planning: Planning): FinishStep | null {
  const code = index.unique ? "UNIQUENESS_LOST" : "INDEX_LOST";
  const lost = (reason: string): null => {
    const message = `${index.unique ? "unique index" : "index"} ${index.name} on ${input.table.name}: ${reason}`;
    planning.hazards.meet({ code, at: index.name, message });
    return null;
  };
  const objection = planning.input.refused.get(`index:${index.name}`);
  if (objection !== undefined) return lost(`PostgreSQL refuses it: ${objection}`);
  if (planning.hazards.givesUp(code, index.name)) return lost("given up in the pipeline file");
  const definition = definitionOf(index);
  const carried = carriedBy(definition, input, planning);
  if (!carried.ok) return lost(carried.reason);
  const name = planning.relationNames.claim(index.name, true);
  if (name !== index.name) noteName(planning, index.name, `the index is named ${name} in the target`);
  const relation = qualified(planning.input.staging, input.target);
  const sql = `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteName(name)} ON ${relation} ${carried.sql}`;
  return madeIndex(index, name, sql, input, planning);
}

/** Exclusion and temporal constraints: no catalog but PostgreSQL's has a place for them. */
export function carriedConstraints(input: IndexInput, planning: Planning): FinishStep[] {
  const own =
    postgresFacts(planning.input.catalog)?.constraints.filter(({ table }) => table === input.table.name) ?? [];
  return own.flatMap(({ name: wanted, sql: definition }) => {
    const id = `constraint:${input.table.name}/${wanted}`;
    const lost = (reason: string): [] => {
      const message = `constraint ${wanted} of ${input.table.name}, ${definition}: ${reason}`;
      planning.hazards.meet({ code: "UNIQUENESS_LOST", at: wanted, message });
      return [];
    };
    const objection = planning.input.refused.get(id);
    if (objection !== undefined) return lost(`PostgreSQL refuses it: ${objection}`);
    if (/^FOREIGN KEY/.test(definition)) return lost("a temporal foreign key is not carried");
    const carried = carriedBy(definition, input, planning);
    if (!carried.ok) return lost(carried.reason);
    const name = planning.relationNames.claim(wanted, true);
    const relation = qualified(planning.input.staging, input.target);
    const sql = `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} ${carried.sql}`;
    planning.trials.push({ id, sql });
    return [{ id: `${input.table.name}/index/${name}`, kind: "index" as const, name, sql, stage: "keys" as const }];
  });
}

function carriedBy(definition: string, input: IndexInput, planning: Planning) {
  const { current } = input.scope;
  if (current === null) throw new Error(`No columns of ${input.table.name} to name`);
  return carryExpression(definition, carryingOf(planning), current, input.table);
}

/** From `USING` on; what is before names the index and its table. An index of a transformed table has no text left. */
function definitionOf({ sql, parts, where }: Index): string {
  const words = wordsOf(sql);
  const at = words.findIndex(({ text }) => text === "USING");
  if (at >= 0)
    return words
      .slice(at)
      .map(({ text }) => text)
      .join("");
  const list = parts.map(
    ({ column, expression, descending }) =>
      `${column === null ? `(${expression})` : quoteName(column)}${descending ? " DESC" : ""}`,
  );
  return `(${list.join(", ")})${where === null ? "" : ` WHERE ${where}`}`;
}
