/** Search as a whole: the functions that the target gets, and what is compared. */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { FinishStep, TablePlan } from "../../core/plan/plan.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import type { LikePlan, SearchPlan } from "../../core/schema/full-text.ts";
import { sameName } from "../../core/schema/names.ts";
import type { SearchSettings } from "../../core/settings.ts";
import { schemaCheckSql } from "../../search/install.ts";
import { nativeCheckSql } from "../../search/native.ts";
import type { Planning } from "../context.ts";

/** Null when nothing of the plan is searched. `steps`: indexes for LIKE, by source table. */
export function planSearch(
  tables: readonly TablePlan[],
  planning: Planning,
): { readonly plan: SearchPlan; readonly steps: ReadonlyMap<string, readonly FinishStep[]> } | null {
  const { search } = planning.input.settings;
  refuseUnknownPostings(search.postings, tables);
  refuseUnknownQueries(search.check.files, tables);
  const like = search.like.map((column) => likePlan(column, tables));
  if (like.length === 0 && tables.every((table) => table.fullText === undefined)) return null;
  const { schema, config, mode, check } = search;
  tryTarget("search.schema", schemaCheckSql(schema), planning);
  if (mode === "native") tryTarget("search.config", nativeCheckSql(config), planning);
  const steps = new Map<string, FinishStep[]>();
  for (const column of like) {
    const step = likeIndex(column, planning);
    if (step !== null) steps.set(column.table, [...(steps.get(column.table) ?? []), step]);
  }
  return { plan: { schema, mode: mode === "native" ? "native" : "exact", config, like, check }, steps };
}

/** Search settings that the target cannot fulfil are an error of the pipeline file. */
function tryTarget(setting: string, sql: string, planning: Planning): void {
  const objection = planning.input.refused.get(setting);
  if (objection !== undefined)
    throw new RowhaulError("PLAN_INVALID", `${setting} does not fit the target: ${objection}.`, {
      hint: hints[setting] ?? `Choose another ${setting} in the pipeline file.`,
    });
  planning.trials.push({ id: setting, sql });
}

const hints: Readonly<Record<string, string>> = {
  "search.config": "SELECT cfgname FROM pg_ts_config lists what the server has, such as english, german or simple.",
};

/** A trigram index over the folded text; where the database has no pg_trgm and may not get it, LIKE scans as in SQLite. */
function likeIndex(column: LikePlan, planning: Planning): FinishStep | null {
  const { staging, target, refused } = planning.input;
  const place = `${column.table}.${column.column}`;
  const id = `like:${place}`;
  const extension = target.trigramSchema ?? "public";
  const create = target.trigramSchema === undefined ? "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; " : "";
  const index = (name: string): string =>
    `${create}CREATE INDEX ${quoteName(name)} ON ${qualified(staging, column.targetTable)} USING gin (lower(${quoteName(column.targetColumn)} COLLATE "C") ${quoteName(extension)}.gin_trgm_ops)`;
  const objection = refused.get(id);
  if (objection !== undefined) {
    const message = `LIKE goes through the whole table, as in SQLite, for pg_trgm cannot be used: ${objection}`;
    planning.notes.push({ code: "LIKE_UNINDEXED", at: place, message });
    return null;
  }
  const name = planning.relationNames.claim(`${column.targetTable}_${column.targetColumn}_like_idx`);
  planning.trials.push({ id, sql: index(name) });
  return { id: `${column.table}/index/${name}`, kind: "index", name, sql: index(name), stage: "keys" };
}

function refuseUnknownPostings(postings: SearchSettings["postings"], tables: readonly TablePlan[]): void {
  if (typeof postings === "boolean") return;
  for (const name of postings) {
    if (tables.some(({ source, fullText }) => fullText !== undefined && sameName(source, name))) continue;
    throw new RowhaulError(
      "PLAN_INVALID",
      `search.postings names ${name}, which is no full-text table that is moved.`,
      {
        hint: "Name full-text tables of the source, or write `postings: true` for all of them.",
      },
    );
  }
}

/** Queries for a table that does not exist would silently never run. */
function refuseUnknownQueries(files: SearchSettings["check"]["files"], tables: readonly TablePlan[]): void {
  for (const { table } of files) {
    if (table === undefined || tables.some((one) => one.fullText !== undefined && sameName(one.source, table)))
      continue;
    const known = tables.filter(({ fullText }) => fullText !== undefined).map(({ source }) => source);
    throw new RowhaulError(
      "PLAN_INVALID",
      `validate.search.queries names ${table}, which is no full-text table that is moved.`,
      {
        hint:
          known.length === 0
            ? "Leave the queries out: no full-text table is moved."
            : `Name one of ${known.join(", ")}, or leave \`table\` out to ask all of them.`,
      },
    );
  }
}

function likePlan(place: string, tables: readonly TablePlan[]): LikePlan {
  for (const table of tables) {
    const column = table.columns.find((one) => sameName(`${table.source}.${one.source}`, place));
    if (column !== undefined && column.encoding.kind === "text")
      return { table: table.source, column: column.source, targetTable: table.target, targetColumn: column.target };
    if (column !== undefined)
      throw new RowhaulError("PLAN_INVALID", `search.like names ${place}, which is ${column.pgType} in PostgreSQL.`, {
        place: { table: table.source, column: column.source },
        hint: "Take it out of search.like: only columns of text are compared by LIKE.",
      });
  }
  throw new RowhaulError("PLAN_INVALID", `search.like names ${place}, which is not among what is moved.`, {
    hint: `Write it as table.column, with the source's names${textColumns(place, tables)}.`,
  });
}

/** What could have been meant: the columns of text of the table named. */
function textColumns(place: string, tables: readonly TablePlan[]): string {
  const table = tables.find(({ source }) => sameName(source, place.slice(0, Math.max(0, place.lastIndexOf(".")))));
  const texts = (table?.columns ?? []).filter(({ encoding }) => encoding.kind === "text");
  if (table === undefined || texts.length === 0) return "";
  return `; ${table.source} has ${texts.map(({ source }) => `${table.source}.${source}`).join(", ")}`;
}
