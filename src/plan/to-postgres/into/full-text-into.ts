/** What to do with each full-text table where rows go into a schema with the application's own search, or with none. */

import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import type { LiveSchema } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import { type Planning, tableSettings } from "../../context.ts";
import { lossOf, virtualLeftBehind } from "../../lost-texts.ts";
import { asPlain, isOurs, keepsTexts, liveOf, rowidColumn, textsInto } from "./full-text-pairs.ts";
import { isEmpty, mayGoInto, pairOf } from "./match-tables.ts";

export type FullTextInto = {
  /** Those that move, full-text tables among them as what they become. */
  readonly tables: readonly Table[];
  /** Plain tables for texts, made as accepted. */
  readonly made: ReadonlySet<Table>;
};

export function fullTextInto(tables: readonly Table[], planning: Planning): FullTextInto {
  const { into } = planning.input;
  const schema = into?.schema;
  const made = new Set<Table>();
  if (schema === undefined || isEmpty(schema) || !isInUse(tables, planning, schema)) return { tables, made };
  const moving = tables.flatMap((table): Table[] => {
    if (table.fullText === undefined) return [table];
    if (isOurs(table, planning.input, schema) && mayBeFilled(table)) return [table];
    const plain = textsInto(table, planning.input, schema);
    if (plain !== null) {
      askForRowid(plain, planning, schema);
      return [plain];
    }
    if (ask(table, planning, schema) !== "table") return [];
    const texts = asPlain(table);
    made.add(texts);
    return [texts];
  });
  return { tables: moving.map((table) => withoutHiddenRowid(table, moving, planning, schema)), made };
}

/** Where no table of the plan is there, all of them move in as into a fresh schema, search included. */
function isInUse(tables: readonly Table[], { input }: Planning, schema: LiveSchema): boolean {
  return tables.some((table) =>
    mayGoInto(table) ? pairOf(table, input, schema) !== null : liveOf(table.name, input, schema) !== undefined,
  );
}

/** An index without stored texts could not be rebuilt for new rows. */
function mayBeFilled(table: Table): boolean {
  return keepsTexts(table) || table.fullText?.content !== null;
}

function ask(table: Table, { input, hazards, leftOut }: Planning, schema: LiveSchema): string | null {
  const { catalog, profile } = input;
  const virtual = catalog.virtualTables.find(({ name }) => sameName(name, table.name));
  if (virtual === undefined) throw new Error(`${table.name} is no virtual table`);
  const loss = lossOf(virtual, catalog, profile);
  const content = table.fullText?.content ?? null;
  const rows = profile.tables[table.name]?.selected ?? 0;
  const stands = liveOf(table.name, input, schema) !== undefined;
  const wanted = tableSettings(input, table.name).as ?? table.name;
  const own = keepsTexts(table);
  const columns = table.columns.filter(({ isRowid }) => !isRowid).map(({ name }) => name);
  const search = `rowhaul's search cannot be added to schema ${schema.schema}, which is in use`;
  const message =
    content !== null
      ? `${search}; the index alone is left out, and nothing is lost: its texts are those of ${content.table}, and the application's own search takes its place`
      : own
        ? `${search}, and ${stands ? `its table ${wanted} has no column for` : `it has no table ${wanted} for`} ${plural(rows, "row")} of texts (${columns.join(", ")}): name the columns that take them under \`tables\` (${yamlText(table.name)}: { as: …, rename: { ${yamlText(columns[0] ?? "rowid")}: … } })${stands ? "" : ", or have a plain table made"}; left out, ${loss?.consequence ?? "its texts exist nowhere else"}`
        : `${search}; left out, ${loss?.consequence ?? "its index exists nowhere else"}`;
  const policy = hazards.meet({
    code: "FULL_TEXT_INTO",
    at: table.name,
    count: rows,
    message,
    offered: content !== null ? ["leave"] : own && !stands ? ["table", "lose"] : ["lose"],
  });
  if (policy === "leave" || policy === "lose") leftOut.push(virtualLeftBehind(virtual, "left out, as accepted", loss));
  return policy;
}

/** Other tables point to a text by its number, so the number must not change unnoticed. */
function askForRowid(table: Table, { input, hazards }: Planning, schema: LiveSchema): void {
  const pair = pairOf(table, input, schema);
  const key = pair === null ? null : rowidColumn(pair);
  if (pair === null || key === null) return;
  // Naming one table would leave the others behind.
  const others = input.selection.named.length === 0 ? ['"*": {}'] : [];
  const { as } = tableSettings(input, table.name);
  const settings = `{ ${as === null ? "" : `as: ${yamlText(as)}, `}rename: { rowid: ${yamlText(key)} } }`;
  hazards.meet({
    code: "FULL_TEXT_INTO",
    at: `${table.name}.rowid`,
    message: `the texts of ${table.name} go into ${pair.live.name}, and nothing says whether its rowid is ${pair.live.name}.${key}; or \`drop: [rowid]\`, and the target numbers them`,
    offered: [],
    answer: { under: "tables", lines: [...others, `${yamlText(table.name)}: ${settings}`] },
  });
}

/** It was added for a full-text table: where none is left that refers to it, it is not needed. */
function withoutHiddenRowid(table: Table, moving: readonly Table[], planning: Planning, schema: LiveSchema): Table {
  const hidden = table.columns.find(({ hiddenRowid }) => hiddenRowid === true);
  const isNeeded = moving.some(({ fullText }) => sameName(fullText?.content?.table ?? "", table.name));
  if (hidden === undefined || isNeeded) return table;
  if (pairOf(table, planning.input, schema) === null)
    for (const object of [`column ${table.name}.${hidden.name}`, `unique constraint on ${table.name}(${hidden.name})`])
      planning.leftOut.push({ object, reason: "it is there for a full-text table that is left out" });
  return {
    ...table,
    columns: table.columns.filter((column) => column !== hidden),
    uniques: table.uniques.filter(({ columns }) => columns.length !== 1 || columns[0] !== hidden.name),
  };
}
