/**
 * One table's comparison: both readers, and the SQL that names a row, its key
 * and its place on either side. A row's canonical text is its cells' texts one
 * after the other, which stays unambiguous because each cell says where it ends.
 */
import type Database from "better-sqlite3";
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import type { Catalog, Table } from "../../../core/schema/catalog.ts";
import type { Findings } from "../../findings.ts";
import { quoteName } from "../../quote.ts";
import { type Source, selection } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import type { Accounts } from "./account.ts";
import { type PlaceKind, placeKind } from "./locator.ts";
import type { Scope } from "./scope.ts";
import type { Scratch } from "./scratch.ts";
import type { Raw } from "./values/raw.ts";
import { longestCell, sourceCell } from "./values/source-cell.ts";
import { targetCell } from "./values/target-cell.ts";

export type ComparedColumn = {
  readonly plan: ColumnPlan;
  /** Canonical cell by SQL of each side. */
  readonly sourceCell: string;
  readonly targetCell: string;
  /** The target's type as PostgreSQL writes it. */
  readonly type: string;
};

/** In a temporary table, an id as the snapshot has it. */
export function was(column: string): string {
  return quoteName(`rowhaul was ${column}`);
}

/** The source's rows as they should arrive, in a temporary table with the place of each: see arriving/. */
export type Arriving = {
  /** Quoted, in `temp`. */
  readonly relation: string;
  /** Rows that stayed out. */
  readonly left: number;
};

export type Comparison = {
  readonly table: TablePlan;
  readonly catalog: Catalog;
  readonly source: Source;
  readonly target: Target;
  readonly scratch: Scratch;
  readonly findings: Findings;
  /** Takes rows that only the target has. */
  readonly extras: Findings;
  readonly scope: Scope;
  /** Columns that the live table generates may differ; their values are noted in the scratch database. */
  readonly generates: boolean;
  readonly accounts: Accounts;
  /** Cells and rows that accounts and rules explain. */
  readonly tally: { changed: number; quarantined: number };
  readonly signal: AbortSignal;
  readonly columns: readonly ComparedColumn[];
  /** Key columns; empty for a table without a key. */
  readonly key: readonly ComparedColumn[];
  /** How a source row is found again. */
  readonly place: PlaceKind;
  /** The rows as the snapshot has them, where others are compared: by the same places. */
  readonly original: { readonly from: string; readonly place: PlaceKind };
  /** Null where the rows arrive as the snapshot has them. */
  readonly arriving: Arriving | null;
  /** What follows FROM in the target, and the source's `FROM … WHERE …`. */
  readonly into: string;
  readonly from: string;
  /** A row's canonical text on each side; the source's as a BLOB where that shows its bytes. */
  readonly sourceRow: string;
  readonly targetRow: string;
  readonly longestRow: number;
  /** Prepared SQL of the source; see source-row.ts. */
  readonly statements: Map<string, Database.Statement<Raw[], Raw[]>>;
  /** Counts rows the source has been read for, for progress. */
  readonly advance: (rows: number) => void;
};

export type Parts = Pick<
  Comparison,
  | "table"
  | "catalog"
  | "source"
  | "target"
  | "scratch"
  | "findings"
  | "extras"
  | "scope"
  | "generates"
  | "accounts"
  | "tally"
  | "signal"
  | "advance"
  | "into"
  | "arriving"
>;

/** `compared`: the table's columns, those left out that the target does not have. */
export function comparisonOf(
  parts: Parts,
  compared: readonly ColumnPlan[],
  types: ReadonlyMap<string, string>,
): Comparison {
  const { table, catalog } = parts;
  const columns = compared.map((plan) => ({
    plan,
    ...cellTexts(plan, catalog),
    type: types.get(plan.target) ?? "text",
  }));
  const key = table.key.kind === "none" ? [] : table.key.columns.map((column) => keyColumn(table, columns, column));
  const place = placeKind(catalogTable(parts), table);
  // An index would change the order in which ordinals are counted.
  const scan = place.by === "ordinal" ? " NOT INDEXED" : "";
  const from = selectedFrom(table, scan);
  const { arriving } = parts;
  return {
    ...parts,
    columns,
    key,
    place: arriving === null ? place : { by: "kept", columns: [] },
    from: arriving === null ? from : `FROM temp.${arriving.relation} WHERE 1`,
    original: { from, place },
    sourceRow: joined(columns.map((column) => column.sourceCell)),
    targetRow: joined(columns.map((column) => column.targetCell)),
    statements: new Map(),
    longestRow: columns.reduce((sum, { plan }) => sum + longestCell(plan.encoding), 0),
  };
}

/** A whole row of a table whose columns are those of the plan: its canonical text on each side, and the source's FROM. */
export function rowTexts(table: TablePlan, catalog: Catalog): Pick<Comparison, "sourceRow" | "targetRow" | "from"> {
  const cells = table.columns.map((plan) => cellTexts(plan, catalog));
  return {
    sourceRow: joined(cells.map((cell) => cell.sourceCell)),
    targetRow: joined(cells.map((cell) => cell.targetCell)),
    from: selectedFrom(table, " NOT INDEXED"),
  };
}

function cellTexts(plan: ColumnPlan, catalog: Catalog): Pick<ComparedColumn, "sourceCell" | "targetCell"> {
  return {
    sourceCell: sourceCell(plan.encoding, quoteName(plan.source), catalog.encoding),
    targetCell: targetCell(plan.encoding, quoteName(plan.target)),
  };
}

function selectedFrom(table: TablePlan, scan: string): string {
  return `FROM main.${quoteName(table.relation ?? table.source)}${scan} WHERE ${selection(table.where)}`;
}

/** In UTF-8 databases text is fetched as a BLOB, since a string would hide bytes that are not UTF-8; in UTF-16 ones SQL has checked them. */
export function fetched(comparison: { readonly catalog: Pick<Catalog, "encoding"> }, text: string): string {
  return comparison.catalog.encoding === "UTF-8" ? `CAST(${text} AS BLOB)` : text;
}

/** Canonical text of the key, for keys that have no order both engines share. */
export function keyTexts({ key }: Comparison): { source: string; target: string } {
  return { source: joined(key.map((k) => k.sourceCell)), target: joined(key.map((k) => k.targetCell)) };
}

export function catalogTable({ catalog, table }: Pick<Comparison, "catalog" | "table">): Table | undefined {
  return catalog.tables.find((candidate) => candidate.name === table.source);
}

function keyColumn(table: TablePlan, columns: readonly ComparedColumn[], source: string): ComparedColumn {
  const found = columns.find((column) => column.plan.source === source);
  if (found) return found;
  throw new RowhaulError("DEFECT", `The plan names ${source} as key of ${table.source} but does not carry it.`, {
    place: { table: table.source, column: source },
  });
}

/** As a balanced tree: a chain of a thousand columns would pass SQLite's limit on an expression's depth. */
function joined(texts: readonly string[]): string {
  if (texts.length <= 1) return texts[0] ?? "''";
  const half = Math.ceil(texts.length / 2);
  return `(${joined(texts.slice(0, half))}||${joined(texts.slice(half))})`;
}
