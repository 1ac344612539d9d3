/** Rows that collide with rows of the live table, or with each other: the questions and the notes. */
import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { Alike, TableFit } from "../../../core/plan/live-fit.ts";
import type { CellRule, Note } from "../../../core/plan/plan.ts";
import { matchableKeys } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { Planning } from "../../context.ts";
import { fitKey } from "./loose-keys.ts";
import type { TablePair } from "./match-tables.ts";
import type { Matching } from "./matching.ts";
import { modeOf } from "./mode-of.ts";

export type Meetings = {
  /** By source column. */
  readonly rules: ReadonlyMap<string, readonly CellRule[]>;
  readonly renumber: boolean;
  /** See `TablePlan`; null where it could not be determined. */
  readonly skipped: number | null;
};

export const unmet: Meetings = { rules: new Map(), renumber: false, skipped: null };

export function askMeetings(pair: TablePair, matching: Matching | undefined, planning: Planning): Meetings {
  const fit = planning.input.into?.fits.get(pair.table.name);
  if (fit === undefined || matching === undefined) return unmet;
  rowsTaken(pair, fit, planning);
  rowsKept(pair, fit, matching, planning);
  const renumber = idsTaken(pair, fit, matching, planning);
  const known = modeOf(pair.table.name, planning.input) === "skip" && (fit.looked || !pair.live.hasRows);
  return { rules: keysMeet(pair, fit, planning), renumber, skipped: known ? fit.taken.count : null };
}

function rowsTaken({ table, live }: TablePair, { taken }: TableFit, { hazards, input }: Planning): void {
  if (taken.count === 0 || modeOf(table.name, input) !== "append") return;
  const rows = `${plural(taken.count, "row")} of ${table.name} ${taken.count === 1 ? "has a key" : "have keys"}`;
  hazards.meet({
    code: "ROWS_TAKEN",
    at: table.name,
    count: taken.count,
    samples: taken.samples,
    message: `${rows} (${live.key.join(", ")}) that ${live.name} has already: those that are there can stay (skip) or give way (merge, or replace, which empties the table first); or select other rows with \`where\`, or leave the table out with \`exclude\``,
    offered: [],
    answer: {
      under: "tables",
      lines: [...otherTables(input), `${yamlText(table.name)}: { existing: merge }  # or skip, replace`],
    },
  });
}

/** Naming one table would leave the others behind. */
export function otherTables({ settings }: Planning["input"]): string[] {
  return settings.tables === null && settings.include === null ? ['"*": {}'] : [];
}

/** With `skip` the target's rows stay: rows that point to one of them then point to a different row, if it differs. */
function rowsKept({ table, live }: TablePair, fit: TableFit, { key, unfollowed }: Matching, planning: Planning): void {
  const { hazards, notes, input } = planning;
  const mode = modeOf(table.name, input);
  if (fit.taken.count === 0 || (mode !== "skip" && mode !== "merge")) return;
  const one = fit.taken.count === 1;
  const rows = `${plural(fit.taken.count, "row")} ${one ? "has a key" : "have keys"} (${key.join(", ")}) that ${live.name} has already`;
  notes.push({
    code: mode === "skip" ? "ROWS_SKIPPED" : "ROWS_REPLACED",
    at: table.name,
    message:
      mode === "skip"
        ? `${rows}: ${one ? "it stays as it is there, and the source's is" : "they stay as they are there, and the source's are"} listed in quarantine`
        : `${rows}: the source's ${one ? "takes its" : "take their"} place`,
  });
  const { differing, pointing } = fit;
  if (mode !== "skip" || differing.count === 0 || pointing === 0) return;
  const pointers = pointing === null ? "rows point" : plural(pointing, "row points", "rows point");
  hazards.meet({
    code: "SKIPPED_DIFFERS",
    at: table.name,
    count: differing.count,
    samples: differing.samples,
    // Rows that point to such a row would point to another one, or to none.
    ...(unfollowed ? { offered: [] } : {}),
    message: `${plural(differing.count, "row")} that ${live.name} has already by (${key.join(", ")}) ${differing.count === 1 ? "has" : "have"} other values there, and ${pointers} to ${differing.count === 1 ? "it" : "them"}${unfollowed ? ` by (${live.key.join(", ")}), which cannot be mapped` : ""}: if these are not the same things, match by another key (\`tables: ${yamlText(table.name)}: { key: [a column] }\`), or use merge`,
  });
}

/** Returns whether the accepted answer is to give new ids. */
function idsTaken(pair: TablePair, { blocked, moved }: TableFit, { id, key }: Matching, planning: Planning): boolean {
  const { table, live } = pair;
  const { hazards, notes } = planning;
  if (id === null) return false;
  if (moved.count > 0) notes.push(movedNote(pair, moved.count, id.live.name));
  if (blocked.count === 0) return false;
  const policy = hazards.meet({
    code: "ID_TAKEN",
    at: table.name,
    count: blocked.count,
    samples: blocked.samples,
    message: `${plural(blocked.count, "row")} of ${table.name} ${blocked.count === 1 ? "is" : "are"} not in ${live.name} by (${key.join(", ")}), and another row has ${blocked.count === 1 ? "its" : "their"} ${id.live.name} there${id.live.type.kind === "integer" ? "" : "; select other rows with `where`"}`,
    // New ids can be generated for integers only.
    offered: id.live.type.kind === "integer" ? ["renumber"] : [],
  });
  return policy === "renumber";
}

function movedNote({ table, live }: TablePair, count: number, id: string): Note {
  return {
    code: "IDS_MAPPED",
    at: table.name,
    message: `${plural(count, "row")} ${count === 1 ? "takes" : "take"} over the ${id} of the row that ${live.name} has; the ledger has each column that holds it`,
  };
}

function keysMeet(
  pair: TablePair,
  { alike, occupied }: TableFit,
  { hazards, input }: Planning,
): ReadonlyMap<string, readonly CellRule[]> {
  const rules = new Map<string, CellRule[]>();
  const matchable = new Set(matchableKeys(pair.live).map(({ name }) => name));
  const mode = modeOf(pair.table.name, input);
  for (const { name, columns, nullsNotDistinct } of pair.live.uniques) {
    const [own, theirs] = [of(alike, name), of(occupied, name)] as const;
    const found = [own, theirs];
    const count = own.found.count + theirs.found.count;
    if (count === 0) continue;
    const key = `unique key ${name} (${columns.join(", ")})`;
    const one = count === 1;
    const problems = [
      own.found.count === 0
        ? []
        : [
            `${plural(own.found.count, "row")} of ${pair.table.name} ${own.found.count === 1 ? "is" : "are"} the same as another to ${pair.live.name}'s ${key}`,
          ],
      theirs.found.count === 0
        ? []
        : [
            `${plural(theirs.found.count, "row")} of ${pair.table.name} ${theirs.found.count === 1 ? "has a value" : "have values"} that another row of ${pair.live.name} has in its ${key}`,
          ],
    ].flat();
    const rowids = found.every((met) => met.rowids !== null) ? found.flatMap((met) => met.rowids ?? []) : null;
    const named = rowids !== null && pair.table.primaryKey !== null;
    // The same thing under two ids is matched by a key that identifies it.
    const match =
      theirs.found.count > 0 && matchable.has(name)
        ? `, or match the rows by it (\`tables: ${yamlText(pair.table.name)}: { existing: ${mode === "skip" ? "skip" : "merge"}, key: [${columns.map(yamlText).join(", ")}] }\`)`
        : "";
    const policy = hazards.meet({
      code: "KEYS_MEET",
      at: `${pair.table.name}.${name}`,
      count,
      samples: found.flatMap((met) => met.found.samples),
      message: `${problems.join(", ")}: correct ${one ? "it" : "them"} in the source, or select with \`where\`${match}`,
      offered: named ? ["quarantine"] : [],
    });
    const fed = fitKey(pair, name, columns, nullsNotDistinct);
    if (policy !== "quarantine" || rowids === null || fed === null) continue;
    const at = fed.columns[0]?.source ?? "";
    rules.set(at, [...(rules.get(at) ?? []), excludeRule(pair, [...new Set(rowids)])]);
  }
  return rules;
}

function of(found: Readonly<Record<string, Alike>>, name: string): Alike {
  const met = Object.hasOwn(found, name) ? found[name] : undefined;
  return met ?? { found: { count: 0, samples: [] }, rowids: [] };
}

/** A row counts as its own parent here, missing when its rowid is among those that stay out. */
function excludeRule({ table }: TablePair, rowids: readonly string[]): CellRule {
  const own = table.primaryKey ?? [];
  return {
    code: "KEYS_MEET",
    when: {
      kind: "orphan",
      columns: own,
      parent: table.name,
      parentColumns: own,
      parentWhere: `${table.rowidName ?? "rowid"} NOT IN (${rowids.join(", ")})`,
    },
    then: "quarantine",
  };
}

/** Columns that may hold ids which change, although they have no foreign key. */
export function askUnmapped(
  pairs: readonly TablePair[],
  matchings: ReadonlyMap<string, Matching>,
  planning: Planning,
): void {
  const fits = planning.input.into?.fits;
  const moving = pairs.filter(
    ({ table }) => matchings.get(table.name)?.id != null && (fits?.get(table.name)?.moved.count ?? 0) > 0,
  );
  if (moving.length === 0) return;
  for (const pair of pairs) {
    const matching = matchings.get(pair.table.name);
    const values = planning.input.profile.tables[pair.table.name];
    for (const { column, live } of pair.columns) {
      const counts = values?.columns[column.name]?.counts;
      const empty = counts === undefined || counts.integer + counts.real + counts.text + counts.blob === 0;
      if (empty || live.generated || pair.live.key.join() === live.name) continue;
      if (matching?.mapped.some((one) => one.column === live.name) === true) continue;
      if (isForeign(pair, column.name, live.name)) continue;
      const json = live.type.kind === "json" || live.type.kind === "jsonb";
      if (!json && !/(_id|[a-z]Id|_pk|_ids?)$/.test(column.name)) continue;
      const likely = json ? undefined : moving.find(({ table }) => names(column.name, table.name));
      meetUnmapped(pair, column.name, json, likely ?? null, moving, planning);
    }
  }
}

function meetUnmapped(
  { table }: TablePair,
  column: string,
  json: boolean,
  likely: TablePair | null,
  moving: readonly TablePair[],
  { hazards, input }: Planning,
): void {
  const whose = moving.map((one) => one.table.name).join(", ");
  const setting = `${yamlText(table.name)}: { references: { ${yamlText(column)}: ${yamlText((likely ?? moving[0])?.table.name ?? "")} } }`;
  const what = json
    ? `is JSON, in which ids of ${whose}, which change, may stand: a transform can change them`
    : `may hold ids of ${whose}, which change, and no foreign key says so: \`tables: ${setting}\` maps them`;
  const at = `${table.name}.${column}`;
  const kept = hazards.chosen("ID_UNMAPPED", at) !== null;
  hazards.meet({
    code: "ID_UNMAPPED",
    at,
    message: `${at} ${what}`,
    ...(likely === null || kept
      ? {}
      : { answer: { under: "tables", lines: [...otherTables(input), `${setting}  # or accept ID_UNMAPPED: keep`] } }),
  });
}

function isForeign({ table, live }: TablePair, source: string, target: string): boolean {
  return (
    table.foreignKeys.some(({ columns }) => columns.some((name) => sameName(name, source))) ||
    live.foreignKeys.some(({ columns }) => columns.includes(target))
  );
}

/** `user_id`, `userId` and `author_user_id` for a table `users`, `app_user` or `User`. */
function names(column: string, table: string): boolean {
  const stem = column.replace(/_?(id|pk)$/i, "").toLowerCase();
  const last = table.toLowerCase().replace(/^.*_/, "");
  const singular = last.replace(/ies$/, "y").replace(/s$/, "");
  return (
    stem !== "" && [last, singular, table.toLowerCase()].some((name) => stem === name || stem.endsWith(`_${name}`))
  );
}
