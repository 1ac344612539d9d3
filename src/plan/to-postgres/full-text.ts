/** A full-text table: its columns for the vector, what builds and keeps it, and the decision how it is filled. */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { ColumnPlan, FinishStep } from "../../core/plan/plan.ts";
import { qualified } from "../../core/quote.ts";
import type { FullTextPlan } from "../../core/schema/full-text.ts";
import { sameName } from "../../core/schema/names.ts";
import { carriedFullText, declaredColumns } from "../../search/catalog.ts";
import type { FullTextDeclaration } from "../../search/declaration.ts";
import { declaredTokenizer } from "../../search/declared-tokenizer.ts";
import type { FullTextIndex, QualifiedName } from "../../search/full-text-index.ts";
import { fillSql, indexSql, vectorColumns } from "../../search/index-sql.ts";
import { nativeTokenizer } from "../../search/native.ts";
import { persistedWeights } from "../../search/weights.ts";
import { type Planning, selectedRows } from "../context.ts";
import { Names } from "../names.ts";
import type { Draft } from "./draft-table.ts";
import { planOf } from "./indexes.ts";

export type FullTextParts = {
  readonly plan: FullTextPlan;
  /** Lines of CREATE TABLE. */
  readonly columns: readonly string[];
  readonly finish: readonly FinishStep[];
};

export function planFullText(draft: Draft, drafts: readonly Draft[], planning: Planning): FullTextParts {
  const { catalog, settings } = planning.input;
  const virtual = catalog.virtualTables.find(({ name }) => name === draft.table.name);
  const carried = virtual === undefined ? null : carriedFullText(catalog, virtual);
  if (virtual === undefined || carried === null || !carried.ok) throw new Error(`${draft.table.name} is not full text`);
  const { declaration } = carried;
  refuseWhere(draft, declaration);
  const content = contentDraft(draft, drafts);
  const kept = declaration.content.kind === "contentless" ? null : (content ?? draft);
  const columns = declaredColumns(catalog, declaration).map(({ name, indexed }) => {
    const plan = kept === null ? undefined : planOf(name, kept);
    if (kept !== null && plan === undefined && indexed) refuseMissing(draft, kept, name);
    return { name, indexed, plan };
  });
  const build = howToBuild(declaration, isTreated(columns, kept, draft), planning);
  if (build === "tokenise" && kept === null)
    throw new RowhaulError(
      "PLAN_INVALID",
      `Nobody keeps the texts of ${draft.table.name}, so search.mode native has nothing to index.`,
      {
        place: { table: draft.table.name },
        hint: `Leave search.mode at exact, or exclude ${draft.table.name}, whose index exists nowhere else.`,
      },
    );
  const names = new Names(draft.columns.map((column) => column.target));
  const tokenizer =
    settings.search.mode === "native" ? nativeTokenizer(settings.search.config) : declaredTokenizer(declaration);
  if (!tokenizer.known) throw new Error(`${draft.table.name} has an unknown tokenizer`);
  const whole = build === "copy" && selectedRows(planning.input, draft.table) === null;
  const index: FullTextIndex = {
    final: { schema: settings.target.schema, table: draft.target },
    staging: staged(draft, planning),
    tokenize: declaration.tokenize,
    tokenizer,
    columns: columns.map(({ name, indexed, plan }) => ({
      name,
      indexed,
      target: plan === undefined ? null : { column: plan.target, type: plan.pgType },
    })),
    vector: names.claim("tsv"),
    length: names.claim("len"),
    big: names.claim("big"),
    content: contentOf(declaration, draft, content, planning),
    detail: declaration.detail,
    weights: persistedWeights(virtual.settings?.rank),
    suffix: suffixOf(draft, planning),
    build: build === "copy" ? "copied" : "tokenise",
    ...(whole && virtual.totals !== undefined ? { totals: virtual.totals } : {}),
    postings: wantsPostings(draft, planning),
  };
  const native = settings.search.mode === "native" ? settings.search.config : null;
  planning.notes.push({
    code: "FULL_TEXT",
    at: draft.table.name,
    message: described(index, declaration, build, native),
  });
  return {
    plan: {
      module: declaration.module,
      tokenize: declaration.tokenize,
      key: tokenizer.key,
      columns: columns.map(({ name, indexed, plan }) => ({ source: name, target: plan?.target ?? null, indexed })),
      content: declaration.content.kind === "contentless" ? { kind: "contentless" } : declaration.content,
      contentTarget: content?.target ?? null,
      detail: declaration.detail,
      build,
      vector: index.vector,
      length: index.length,
      big: index.big,
    },
    columns: vectorColumns(index),
    finish: steps(index, draft, planning),
  };
}

/** With vectors copied, index and statistics come with the keys; else the vectors come first, and they need the keys. */
function steps(index: FullTextIndex, draft: Draft, planning: Planning): FinishStep[] {
  const { schema } = planning.input.settings.search;
  const of = (id: string, sql: string, stage: FinishStep["stage"]): FinishStep => ({
    id: `${draft.table.name}/full text/${id}`,
    kind: "full text",
    name: id,
    sql,
    stage,
  });
  const made = indexSql(index, schema).finish;
  if (index.build === "copied")
    return made.map(({ kind, sql }) => of(kind, sql, kind === "triggers" ? "references" : "keys"));
  const boundaries = planning.input.profile.tables[draft.table.name]?.boundaries ?? [];
  const edges = [lowest, ...boundaries.map(BigInt), highest + 1n];
  const fills = edges.slice(1).map((to, i) => {
    const sql = fillSql(index, String(edges[i]), String(to - 1n), schema).join(";\n");
    return of(edges.length > 2 ? `vectors ${i + 1}/${edges.length - 1}` : "vectors", sql, "fill");
  });
  const relation = qualified(index.staging.schema, index.staging.table);
  return [
    ...fills,
    ...made.map(({ kind, sql }) => of(kind, sql, "references")),
    of("statistics of the planner", `ANALYZE ${relation}`, "references"),
  ];
}

const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/** `native`: the text search configuration, where PostgreSQL's own search takes the place of FTS5's. */
function described(
  index: FullTextIndex,
  { module, content }: FullTextDeclaration,
  build: string,
  native: string | null,
): string {
  const indexed = index.columns.filter((column) => column.indexed).map((column) => column.name);
  const of = content.kind === "external" ? ` of ${content.table}` : "";
  const tokenizer = index.tokenize === "" ? "" : ` (${index.tokenize})`;
  const made = build === "copy" ? "copied from the source's own index" : "made from the texts";
  const what = `${module.toUpperCase()}${tokenizer} on ${indexed.join(", ")}${of}`;
  if (native !== null) return `${what}; searched by PostgreSQL's own search (${native}), whose hits and order differ`;
  return `${what}; vectors ${made}${index.postings === true ? postingsCost : ""}`;
}

/** Measured; the index of the vectors takes a tenth of it. */
const postingsCost = "; ranked by a table of postings, about 90 bytes on disk for each different word of each row";

function wantsPostings({ table }: Draft, { input: { settings } }: Planning): boolean {
  const { postings } = settings.search;
  return typeof postings === "boolean" ? postings : postings.some((name) => sameName(name, table.name));
}

/** Undefined when the table keeps its own texts, or the texts are not kept. */
function contentDraft(draft: Draft, drafts: readonly Draft[]): Draft | undefined {
  const content = draft.table.fullText?.content ?? null;
  if (content === null) return undefined;
  return drafts.find(({ table }) => sameName(table.name, content.table));
}

function contentOf(
  declaration: FullTextDeclaration,
  draft: Draft,
  content: Draft | undefined,
  planning: Planning,
): FullTextIndex["content"] {
  if (declaration.content.kind !== "external") return { kind: declaration.content.kind };
  const key = content === undefined ? undefined : planOf(draft.table.fullText?.content?.key ?? "", content);
  if (content === undefined) throw new Error(`${draft.table.name} lacks its content`);
  if (key === undefined) return refuseMissing(draft, content, draft.table.fullText?.content?.key ?? "rowid");
  if (!integers.has(key.pgType)) refuseKey(draft, content, key);
  const final = { schema: planning.input.settings.target.schema, table: content.target };
  return { kind: "external", final, staging: staged(content, planning), key: key.target };
}

function staged(draft: Draft, planning: Planning): QualifiedName {
  return { schema: planning.input.staging, table: draft.target };
}

/** Of this run and this table alone: an earlier run's triggers live on beside its tables. */
function suffixOf(draft: Draft, planning: Planning): string {
  const readable = draft.target.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  const run = planning.input.staging
    .replace(/^rowhaul_staging_/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(-20);
  const position = planning.input.catalog.tables.indexOf(draft.table);
  return `${readable.slice(0, 15)}_${position}_${run}`;
}

/**
 * The source's own index is copied where it says the same as the texts that arrive: not where
 * cells are changed on purpose, nor where it has no positions.
 */
function howToBuild(
  { module, detail }: FullTextDeclaration,
  treated: boolean,
  planning: Planning,
): FullTextPlan["build"] {
  const { mode } = planning.input.settings.search;
  return mode === "native" || module !== "fts5" || detail !== "full" || treated ? "tokenise" : "copy";
}

/** Whether indexed texts change, rows may be held back, whose words must not be found, or a row beside its vector is treated. */
function isTreated(
  columns: readonly { readonly plan: ColumnPlan | undefined; readonly indexed: boolean }[],
  kept: Draft | null,
  draft: Draft,
): boolean {
  if (columns.some(({ plan, indexed }) => indexed && (plan?.rules.length ?? 0) > 0)) return true;
  const rules = (kept?.columns ?? []).flatMap((column) => column.rules);
  return rules.some(({ then }) => kept === draft || then === "quarantine");
}

/** An index whose texts are elsewhere has nothing of its own to select by. */
function refuseWhere(draft: Draft, { content }: FullTextDeclaration): void {
  if (draft.settings.where === null || content.kind === "own") return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `${draft.table.name} keeps no texts of its own, so \`where\` cannot select among them.`,
    {
      place: { table: draft.table.name },
      hint:
        content.kind === "external" ? `Put the \`where\` at ${content.table}; the index follows it.` : "Leave it out.",
    },
  );
}

function refuseMissing(draft: Draft, kept: Draft, column: string): never {
  throw new RowhaulError(
    "PLAN_INVALID",
    `${draft.table.name} indexes ${kept.table.name}.${column}, which the pipeline drops.`,
    {
      place: { table: kept.table.name, column },
      hint: `Keep the column, or exclude ${draft.table.name}: ${lossBy(draft, kept)}.`,
    },
  );
}

/** Leaving it out must name what is lost with it. */
function lossBy(draft: Draft, kept: Draft): string {
  return kept === draft ? "its texts exist nowhere else" : `its texts stay with ${kept.table.name}`;
}

const integers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

/** Rows that the application inserts later need a number, or the INSERT would fail. */
function refuseKey(draft: Draft, content: Draft, { source, pgType }: ColumnPlan): never {
  throw new RowhaulError(
    "PLAN_INVALID",
    `${draft.table.name} takes ${content.table.name}.${source} for its rowid, which is ${pgType} in PostgreSQL.`,
    {
      place: { table: content.table.name, column: source },
      hint: `Only a column of integers can be a rowid; exclude ${draft.table.name}, or accept VIRTUAL_TABLE_LOST for it: its texts stay with ${content.table.name}.`,
    },
  );
}
