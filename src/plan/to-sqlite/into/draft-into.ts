/** A table whose rows go into one that the application made in the file: its names, types and constraints stay. */

import { plural } from "../../../core/messages/count.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import type { CellRule, ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Affinity } from "../../../core/schema/catalog.ts";
import type { FileColumn, FileFit, FileProblemFit } from "../../../core/schema/file-schema.ts";
import { selectedRows } from "../../context.ts";
import type { SqlitePlanning } from "../context.ts";
import { keyOf } from "../key-of.ts";
import { meetingRules } from "./meetings.ts";
import type { FilePair } from "./pair.ts";
import { askAboutFile } from "./questions.ts";
import { fileReading } from "./reading.ts";

export function draftIntoFile(pair: FilePair, planning: SqlitePlanning): TablePlan {
  const { table, live, mode } = pair;
  const { input } = planning;
  const values = input.profile.tables[table.name];
  const fit = input.file?.fits.get(table.name);
  columnsMissing(pair, fit, planning);
  columnsUnfilled(pair, planning);
  for (const { name, expression, objection } of live.uncheckable)
    planning.hazards.meet({
      code: "CHECK_LOST",
      at: `${table.name}.${name}`,
      message: `CHECK (${expression}) of ${live.name} stays, and cannot be asked about the rows that come: ${objection}`,
    });
  const meeting = meetingRules(pair, fit, planning);
  const columns = pair.columns.map((one): ColumnPlan => {
    const plan = intoColumn(pair, one, values?.columns[one.column.name], fit?.columns[one.column.name] ?? [], planning);
    const rules = [...(meeting.get(one.column.name) ?? []), ...plan.rules];
    return rules.length === plan.rules.length ? plan : { ...plan, rules, arrives: "changed" };
  });
  return {
    source: table.name,
    target: live.name,
    where: selectedRows(input, table),
    ...(table.relation === undefined ? {} : { relation: table.relation }),
    into: mode,
    ...(mode === "skip" && fit !== undefined ? { skipped: fit.taken.found.count } : {}),
    rows: values?.selected ?? 0,
    columns,
    key: keyOf(table),
    rowidName: table.rowidName,
    identity: null,
    create: "",
    finish: [],
  };
}

function intoColumn(
  { table, live: into }: FilePair,
  { column, live }: FilePair["columns"][number],
  profile: ColumnProfile | undefined,
  problems: readonly FileProblemFit[],
  { input, hazards }: SqlitePlanning,
): ColumnPlan {
  const at = `${table.name}.${column.name}`;
  const mixed = problems.some(({ problem }) => problem === "json");
  const reading = fileReading(column, live, input.settings, mixed);
  const rules = [
    ...nullRules(live, profile, at, hazards),
    ...askAboutFile(
      {
        at,
        into: live.name === column.name ? at : `${into.name}.${live.name}`,
        type: live.type,
        reading,
        nullable: !live.notNull,
        problems,
      },
      hazards,
    ),
  ];
  const asStored = reading.as === "stored" && problems.length === 0;
  return {
    source: column.name,
    target: live.name,
    encoding: asStored ? { kind: "tagged" } : { kind: "tagged", file: reading },
    pgType: live.type,
    arrives: rules.length > 0 ? "changed" : reading.as === "stored" ? "exactly" : "equivalently",
    reason: `${live.type === "" ? "without a type" : live.type}, as the application made it${readingText(reading.as, live.affinity)}`,
    computed: false,
    rules,
  };
}

function readingText(as: string, affinity: Affinity): string {
  if (as === "json") return "; JSON's values as SQLite's own";
  return as === "stored" ? "" : `; numbers as SQLite keeps them${affinity === "REAL" ? " in a REAL column" : ""}`;
}

function nullRules(
  live: FileColumn,
  profile: ColumnProfile | undefined,
  at: string,
  hazards: SqlitePlanning["hazards"],
): CellRule[] {
  const count = profile?.counts.null ?? 0;
  if (!live.notNull || count === 0) return [];
  const why = live.numbered ? "would be numbered anew" : "must not be null";
  const policy = hazards.meet({
    code: "NULL_IN_REQUIRED",
    at,
    count,
    samples: profile?.samples.null === undefined ? [] : [profile.samples.null],
    message: `${plural(count, "value is", "values are")} NULL, and ${live.name} ${why}`,
    offered: ["quarantine"],
  });
  return policy === null ? [] : [{ code: "NULL_IN_REQUIRED", when: { kind: "null" }, then: "quarantine" }];
}

function columnsMissing({ table, live, missing }: FilePair, fit: FileFit | undefined, planning: SqlitePlanning): void {
  for (const column of missing) {
    const at = `${table.name}.${column.name}`;
    const counts = planning.input.profile.tables[table.name]?.columns[column.name]?.counts;
    const holds = counts === undefined ? 0 : counts.integer + counts.real + counts.text + counts.blob;
    if (column.generated !== null || holds === 0) {
      const reason = `${live.name} has no such column, and it holds nothing of its own`;
      planning.leftOut.push({ object: `column ${at}`, reason });
      continue;
    }
    const policy = planning.hazards.meet({
      code: "COLUMN_MISSING",
      at,
      count: holds,
      samples: fit?.missing[column.name] ?? [],
      message: `${live.name} has no column ${column.name} to write to, for ${plural(holds, "value")}; add it there, or name the one that takes them with \`rename\``,
    });
    if (policy !== null)
      planning.leftOut.push({
        object: `column ${at}`,
        reason: `${live.name} has no such column; dropped, as accepted`,
      });
  }
}

function columnsUnfilled({ table, live, unfed }: FilePair, { hazards, notes, input }: SqlitePlanning): void {
  const required = unfed.filter((one) => one.notNull && one.default === null && !one.generated && !one.numbered);
  const others = input.selection.named.length === 0 ? ['"*": {}'] : [];
  const constants = required.map(({ name, affinity }) => `${yamlText(name)}: ${affinity === "TEXT" ? '""' : "0"}`);
  const line = `${yamlText(table.name)}: { transform: { constant: { ${constants.join(", ")} } } }  # or another value`;
  for (const [i, { name, type }] of required.entries())
    hazards.meet({
      code: "COLUMN_UNFILLED",
      at: `${table.name}.${name}`,
      message: `${live.name}.${name}${type === "" ? "" : ` is ${type} and`} must not be null and has no default, and ${table.name} has no such column: give it a default there, or a value here`,
      offered: [],
      answer: { under: "tables", lines: i > 0 ? [] : [...others, line] },
    });
  for (const one of unfed.filter((column) => !required.includes(column)))
    notes.push({ code: "TARGET_FILLS", at: `${table.name}.${one.name}`, message: filledBy(one) });
}

function filledBy({ default: value, generated, numbered }: FileColumn): string {
  const how = generated
    ? "the target computes it"
    : numbered
      ? "SQLite numbers it"
      : value === null
        ? "it is NULL"
        : `it takes its default, ${value}`;
  return `the source has no such column: ${how}`;
}
