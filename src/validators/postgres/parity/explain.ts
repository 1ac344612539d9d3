/**
 * From rows that differ to findings: names each differing cell, missing row and
 * extra row, and excuses those that ledger and quarantine account for. An
 * account alone excuses nothing; the rule, computed a second time in rules.ts,
 * must give the same.
 */
import { targetRule } from "../../../core/plan/live.ts";
import { renderCell } from "../../../core/values/render-cell.ts";
import { targetDigest } from "../../digest.ts";
import { quoteName } from "../../quote.ts";
import type { Entry } from "./account.ts";
import type { ComparedColumn, Comparison } from "./comparison.ts";
import { expectedTexts } from "./expected-row.ts";
import { isGenerated, noteGenerated } from "./generated.ts";
import { orphanTest } from "./orphans.ts";
import { afterRules } from "./rules.ts";
import { sourceRowSample, sourceSample, targetKeyText, targetRowSample, targetSample } from "./samples.ts";
import { atPlaces, theirPlace } from "./scope.ts";
import type { Pair, Single } from "./scratch.ts";
import { type Cell, readCanonical, readCells, readKeyText } from "./source-row.ts";

/** Cells held in memory at a time. */
const cellsPerPage = 4096;

export async function explainPairs(comparison: Comparison): Promise<void> {
  const size = Math.max(1, Math.min(200, Math.floor(cellsPerPage / comparison.columns.length)));
  for (let pairs = comparison.scratch.takePairs(size); pairs.length > 0; pairs = comparison.scratch.takePairs(size)) {
    comparison.signal.throwIfAborted();
    const cells = await differingCells(comparison, pairs);
    const accounted = cells.filter((cell) => cell.entries.length > 0 || isGenerated(comparison, cell.column));
    const texts = await targetTexts(comparison, accounted);
    for (const cell of cells) {
      if (isGenerated(comparison, cell.column)) {
        noteGenerated(comparison, cell, texts.get(cell.theirs)?.get(cell.column.plan.target) ?? null);
        continue;
      }
      const problem = cell.entries.length > 0 ? await ledgerProblem(comparison, cell, texts) : unaccounted(cell);
      // An entry that does not explain its cell is reported here and need not be again.
      comparison.accounts.tick(cell.entries);
      if (problem === null) {
        comparison.tally.changed += 1;
        continue;
      }
      await comparison.findings.difference(async () => ({
        table: comparison.table.source,
        key: readKeyText(comparison, cell.ours),
        column: cell.column.plan.source,
        source: sourceSample(comparison, cell.ours, cell.column),
        target: await targetSample(comparison, cell.theirs, cell.column),
        message: problem,
      }));
    }
  }
}

/** Rows that only one side has. First those whose key a rule changed are put together again. */
export async function explainUnpaired(comparison: Comparison): Promise<void> {
  const { scratch, findings, extras, table, accounts } = comparison;
  const keyless = table.key.kind === "none";
  for (let rows = scratch.takeMissing(100); rows.length > 0; rows = scratch.takeMissing(100)) {
    comparison.signal.throwIfAborted();
    const unexplained = await pairChangedKeys(comparison, rows);
    for (const row of unexplained) {
      const rule = accounts.quarantined > 0 ? accounts.takeQuarantined(readKeyText(comparison, row.place)) : undefined;
      if (rule !== undefined && belongsInQuarantine(comparison, row.place)) {
        comparison.tally.quarantined += 1;
        continue;
      }
      await findings.difference(() => ({
        table: table.source,
        key: readKeyText(comparison, row.place),
        source: keyless ? sourceRowSample(comparison, row.place) : null,
        message:
          rule === undefined
            ? "The row is missing in the target."
            : `The row is in quarantine (${rule}), but no accepted rule of its columns sends it there.`,
      }));
    }
    await explainPairs(comparison);
  }
  // What stands between the source's rows is the application's own.
  if (comparison.scope === "among") return scratch.forgetExtra();
  for (let rows = scratch.takeExtra(100); rows.length > 0; rows = scratch.takeExtra(100)) {
    for (const row of rows) {
      await extras.difference(async () => ({
        table: table.source,
        key: keyless ? null : await targetKeyText(comparison, row.place),
        target: keyless ? await targetRowSample(comparison, row.place) : null,
        message:
          comparison.scope === "written"
            ? "The switch wrote a row that the source has not, or wrote it once more: another row of the table was changed, or a trigger added one."
            : "The target has a row that the source has not, or has it once more than the source.",
      }));
    }
  }
}

type DifferingCell = {
  readonly ours: string;
  readonly theirs: string;
  readonly column: ComparedColumn;
  readonly carried: boolean;
  readonly entries: readonly Entry[];
};

async function differingCells(comparison: Comparison, pairs: readonly Pair[]): Promise<DifferingCell[]> {
  const { target, columns, accounts, into } = comparison;
  const list = columns.map((column) => column.targetCell).join(", ");
  const { condition, values } = atPlaces(pairs.map((pair) => pair.theirs));
  const rows = await target.query(`SELECT ${theirPlace}, ${list} FROM ${into} WHERE ${condition}`, values);
  const byPlace = new Map(rows.map(([place, ...cells]) => [place, cells]));
  return pairs.flatMap(({ ours, theirs }) => {
    const mine = readCanonical(comparison, ours);
    const other = byPlace.get(theirs) ?? [];
    const key = accounts.changed > 0 ? readKeyText(comparison, ours) : "";
    return columns.flatMap((column, i) => {
      if (mine[i] === Buffer.from(other[i] ?? "").toString("latin1")) return [];
      const entries = accounts.changed > 0 ? accounts.entries(key, column.plan.source) : [];
      return [{ ours, theirs, column, carried: mine[i] !== "x", entries }];
    });
  });
}

function unaccounted({ carried, column }: DifferingCell): string {
  return carried
    ? "The value in the target is another one."
    : `A ${column.type} column cannot hold this value as it is, and the ledger says nothing about it.`;
}

type Texts = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/** Whole texts of the target's cells, only of columns with ledger entries. */
async function targetTexts({ target, into }: Comparison, cells: readonly DifferingCell[]): Promise<Texts> {
  if (cells.length === 0) return new Map();
  const columns = [...new Set(cells.map((cell) => cell.column.plan.target))];
  const places = [...new Set(cells.map((cell) => cell.theirs))];
  const list = columns.map((column) => `${quoteName(column)}::text`).join(", ");
  const { condition, values } = atPlaces(places);
  const rows = await target.query(`SELECT ${theirPlace}, ${list} FROM ${into} WHERE ${condition}`, values);
  return new Map(
    rows.map(([place, ...texts]) => [place ?? "", new Map(columns.map((column, i) => [column, texts[i] ?? null]))]),
  );
}

/** Null when entry, source, target and rule agree. */
async function ledgerProblem(comparison: Comparison, cell: DifferingCell, texts: Texts): Promise<string | null> {
  const { column, ours, theirs, entries } = cell;
  const source = readCells(comparison, ours, [column.plan.source])[0];
  const actual = texts.get(theirs)?.get(column.plan.target) ?? null;
  if (source === undefined) return "The source row could not be read again.";
  for (const entry of entries) {
    if (!isBefore(entry.before, source, comparison.catalog.encoding))
      return `The ledger (${entry.rule}) names another value of the source.`;
    if (!(await sameValue(comparison, column, entry.after, actual))) {
      return `The ledger (${entry.rule}) names another value of the target.`;
    }
  }
  // What the live table makes of it follows no rule of ours.
  const own = targetRule(column.plan);
  if (own !== null && entries.every(({ rule }) => rule === own)) return null;
  const outcome = afterRules(column.plan, source, orphanTest(comparison, ours));
  // What the server's default was, only the ledger knows: it must be what stands there now.
  if (outcome.kind === "default") return null;
  if (outcome.kind === "value" && (await sameValue(comparison, column, outcome.text, actual))) return null;
  return `The ledger (${entries[0]?.rule}) says this cell was changed on purpose, but the rule gives another value.`;
}

/** A REAL may be written with other digits of the same number, a text that is not UTF-16 with what could be read of it. */
function isBefore(before: string, cell: Cell, encoding: Comparison["catalog"]["encoding"]): boolean {
  if (before === renderCell(cell.storage, cell.bytes)) return true;
  if (cell.repaired !== null && encoding !== "UTF-8")
    return before === renderCell(cell.storage, Buffer.from(cell.repaired));
  if (cell.storage !== "real" || !before.startsWith("real ")) return false;
  return Object.is(Number(before.slice("real ".length)), cell.number);
}

/** By text, else as values of the column's type, in which one value may have several texts. */
async function sameValue(
  { target }: Comparison,
  { type }: ComparedColumn,
  a: string | null,
  b: string | null,
): Promise<boolean> {
  if (a === b) return true;
  if (a === null || b === null || /^(text|character|bpchar)/.test(type)) return false;
  // A cast to a type with a modifier would round both alike.
  const whole = type.replace(/\(-?\d+(,-?\d+)?\)/, "");
  const rows = await target.attempt(`SELECT ($1::text)::${whole} = ($2::text)::${whole}`, [a, b]);
  return rows?.[0]?.[0] === "t";
}

function belongsInQuarantine(comparison: Comparison, place: string): boolean {
  const cells = readCells(
    comparison,
    place,
    comparison.columns.map((column) => column.plan.source),
  );
  return comparison.columns.some(({ plan }, i) => {
    const cell = cells[i];
    if (cell === undefined) return false;
    return afterRules(plan, cell, orphanTest(comparison, place)).kind === "quarantine";
  });
}

/**
 * A missing row with ledger entries may stand in the target under a changed key
 * (or, without a key, as another row). What the rules make of it is written by
 * PostgreSQL as if it were a row of the table, and looked up among the extra
 * ones by digest. Only finds partners; the cells are judged as for any pair.
 */
async function pairChangedKeys(comparison: Comparison, rows: readonly Single[]): Promise<readonly Single[]> {
  const { accounts, scratch, columns, target, table, targetRow, scope } = comparison;
  if (accounts.changed === 0 || table.key.kind === "integer") return rows;
  const changed = rows.flatMap((row) => {
    if (accounts.columns(readKeyText(comparison, row.place)).length === 0) return [];
    const texts = expectedTexts(comparison, row.place, columns);
    return texts ? [{ row, texts }] : [];
  });
  if (changed.length === 0) return rows;
  const names = columns.map((_, i) => `c${i}`);
  const digests = await target.attempt(
    `SELECT place, encode(${targetDigest(targetRow)},'hex') FROM (SELECT place, ${columns.map((column, i) => `c${i}::${column.type} AS ${quoteName(column.plan.target)}`).join(", ")} FROM unnest(${columns.map((_, i) => `$${i + 1}::text[]`).join(", ")}) WITH ORDINALITY u(${names.join(", ")}, place) OFFSET 0) x`,
    columns.map((_, i) => changed.map(({ texts }) => texts[i] ?? null)),
  );
  const paired = new Set<Single>();
  for (const [place, digest] of digests ?? []) {
    const row = changed[Number(place) - 1]?.row;
    if (row === undefined) continue;
    if (scope === "among" && (await pairAmong(comparison, row, digest ?? ""))) paired.add(row);
    if (scope !== "among" && scratch.pairWithExtra(row, Buffer.from(digest ?? "", "hex"))) paired.add(row);
  }
  return rows.filter((row) => !paired.has(row));
}

/** Only rows with the source's own keys were read, so one under a changed key is looked for by what it holds. */
async function pairAmong({ target, into, targetRow, scratch }: Comparison, row: Single, digest: string) {
  const [found] = await target.query(
    `SELECT ${theirPlace} FROM ${into} WHERE ${targetDigest(targetRow)} = decode($1,'hex') LIMIT 1`,
    [digest],
  );
  if (found?.[0] == null) return false;
  scratch.addPair(row, found[0]);
  return true;
}
