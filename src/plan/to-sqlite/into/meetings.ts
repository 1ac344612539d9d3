/** Rows that collide with rows of the file's table, or each other, in its unique keys: the questions and the notes. */

import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { HazardCode } from "../../../core/plan/hazards.ts";
import type { CellRule } from "../../../core/plan/plan.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import type { FileFit, FileKey, FileMet } from "../../../core/schema/file-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { SqlitePlanning } from "../context.ts";
import type { FilePair } from "./pair.ts";

/** By source column. */
export function meetingRules(
  pair: FilePair,
  fit: FileFit | undefined,
  planning: SqlitePlanning,
): ReadonlyMap<string, readonly CellRule[]> {
  const rules = new Map<string, CellRule[]>();
  if (fit === undefined) return rules;
  rowsTaken(pair, fit, planning);
  for (const key of pair.live.keys) {
    const { table, live } = pair;
    const columns = key.columns.join(", ");
    const found: [HazardCode, FileMet | undefined, (one: boolean) => string][] = [
      [
        "ROWS_TAKEN",
        fit.occupied[key.name],
        (one) => `${one ? "has" : "have"} a value of ${live.name}'s unique key (${columns}) that another row has there`,
      ],
      [
        "KEYS_MEET",
        fit.alike[key.name],
        (one) => `${one ? "is" : "are"} the same as another to ${live.name}'s unique key (${columns})`,
      ],
    ];
    for (const [code, met, says] of found) {
      if (met === undefined || met.found.count === 0) continue;
      const policy = planning.hazards.meet({
        code,
        at: `${table.name}.${key.name}`,
        count: met.found.count,
        samples: met.found.samples,
        message: `${plural(met.found.count, "row")} of ${table.name} ${says(met.found.count === 1)}: correct ${met.found.count === 1 ? "it" : "them"} in the source, or select with \`where\``,
        offered: met.rowids === null ? [] : ["quarantine"],
      });
      if (policy !== "quarantine" || met.rowids === null) continue;
      const at = sourceOf(pair, key);
      rules.set(at, [...(rules.get(at) ?? []), excludeRule(code, table, met.rowids)]);
    }
  }
  return rules;
}

function rowsTaken({ table, live, mode }: FilePair, { taken }: FileFit, planning: SqlitePlanning): void {
  const { count, samples } = taken.found;
  if (count === 0) return;
  const { settings } = planning.input;
  const key = live.keys.find(({ primary }) => primary)?.columns.join(", ") ?? "";
  const one = count === 1;
  if (mode !== "append") {
    const stay = `${one ? "it stays as it is there, and the source's is" : "they stay as they are there, and the source's are"} listed in quarantine`;
    planning.notes.push({
      code: mode === "skip" ? "ROWS_SKIPPED" : "ROWS_REPLACED",
      at: table.name,
      message: `${plural(count, "row")} ${one ? "has a key" : "have keys"} (${key}) that ${live.name} has already: ${mode === "skip" ? stay : `the source's ${one ? "takes its" : "take their"} place`}`,
    });
    return;
  }
  const others = settings.tables === null && settings.include === null ? ['"*": {}'] : [];
  planning.hazards.meet({
    code: "ROWS_TAKEN",
    at: table.name,
    count,
    samples,
    message: `${plural(count, "row")} of ${table.name} ${one ? "has a key" : "have keys"} (${key}) that ${live.name} has already: those that are there can stay (skip) or give way (merge, or replace, which empties the table first); or select other rows with \`where\`, or leave the table out with \`exclude\``,
    offered: [],
    answer: { under: "tables", lines: [...others, `${yamlText(table.name)}: { existing: merge }  # or skip, replace`] },
  });
}

function sourceOf({ columns }: FilePair, { columns: key }: FileKey): string {
  return columns.find(({ live }) => sameName(live.name, key[0] ?? ""))?.column.name ?? "";
}

/** A row counts as its own parent here, missing when its rowid is among those that stay out. */
function excludeRule(code: HazardCode, table: Table, rowids: readonly string[]): CellRule {
  const rowid = table.rowidName ?? "rowid";
  const own = table.primaryKey ?? [rowid];
  return {
    code,
    when: {
      kind: "orphan",
      columns: own,
      parent: table.name,
      parentColumns: own,
      parentWhere: `${rowid} NOT IN (${rowids.join(", ")})`,
    },
    then: "quarantine",
  };
}
