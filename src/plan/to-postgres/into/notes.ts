/** Notes on the application's tables that need no answer. */

import type { Note } from "../../../core/plan/plan.ts";
import type { LiveColumn } from "../../../core/schema/live-schema.ts";
import { byName, type Planning, type PlanScope, type PostgresInput, tableSettings } from "../../context.ts";
import { isEmpty, type TablePair } from "./match-tables.ts";
import { isVector, searchNotes } from "./own-search.ts";

export function intoNotes(pairs: readonly TablePair[], { input }: Planning): Note[] {
  const schema = input.into?.schema;
  if (schema === undefined) return [];
  if (isEmpty(schema)) return [emptyNote(input.settings)];
  if (pairs.length === 0) return [];
  return [
    ...pairs.flatMap((pair) => [...tableNotes(pair, schema.mayAsk), ...ignoredTypes(pair, input)]),
    ...schema.sequences.map(({ name, table, column }): Note => {
      const counted = pairs.some(({ live }) => live.name === table);
      return counted
        ? {
            code: "SEQUENCE_MOVED",
            at: name,
            message: `no column owns it; by its name it numbers ${table}.${column}, and is moved past the rows that come`,
          }
        : {
            code: "SEQUENCE_UNOWNED",
            at: name,
            message:
              "no column owns it and no default calls it; it stays where it is, so see whether the application draws numbers from it",
          };
    }),
  ];
}

/** The application's tables may be in another schema that the pipeline does not name. */
function emptyNote({ target }: PostgresInput["settings"]): Note {
  return {
    code: "SCHEMA_EMPTY",
    at: target.schema,
    message: `rows were to go into tables that are there (${target.existing}), and there are none: each is made; if the application's tables are in another schema, name that one`,
  };
}

function tableNotes({ table, live, columns, unfed }: TablePair, mayAsk: boolean): Note[] {
  const note = (code: string, column: string | null, message: string): Note => ({
    code,
    at: column === null ? table.name : `${table.name}.${column}`,
    message,
  });
  return [
    ...(live.hasRows ? [note("ROWS_THERE", null, `${live.name} has rows already`)] : []),
    ...columns.flatMap(({ column, live: into }) => [
      ...(into.generated
        ? [
            note(
              "TARGET_GENERATES",
              column.name,
              "the target computes it; where that differs from the source, the cell is in the ledger",
            ),
          ]
        : []),
      ...(into.identity === "always"
        ? [
            note(
              "IDENTITY_KEPT",
              column.name,
              "the source's numbers are kept, although the identity is GENERATED ALWAYS",
            ),
          ]
        : []),
      ...(!mayAsk && (into.type.domain || into.type.kind === "asked")
        ? [
            note(
              "CHECKED_AT_LOAD",
              column.name,
              `the role may not make temporary tables, so ${into.type.written} is scope only when rows are loaded`,
            ),
          ]
        : []),
    ]),
    ...searchNotes(table.name, live, unfed),
    ...unfed
      .filter((column) => isFilled(column) && !isVector(column))
      .map((column) => note("TARGET_FILLS", column.name, `the source has no such column: ${filledBy(column)}`)),
  ];
}

/** The pipeline file asks for a type, but only the application can change its columns. */
function ignoredTypes({ table, columns }: TablePair, scope: PlanScope): Note[] {
  const given = tableSettings(scope, table.name).columns;
  return columns.flatMap(({ column, live }): Note[] => {
    const type = byName(given, column.name)?.type ?? null;
    if (type === null || type === live.type.written) return [];
    const message = `type ${type} of the pipeline file is passed over: the application's column is ${live.type.written}`;
    return [{ code: "TYPE_IGNORED", at: `${table.name}.${column.name}`, message }];
  });
}

function isFilled({ notNull, default: value, identity, generated }: LiveColumn): boolean {
  return !notNull || value !== null || identity !== null || generated;
}

function filledBy({ default: value, identity, generated }: LiveColumn): string {
  if (generated) return "the target computes it";
  if (identity !== null) return "its identity numbers it";
  return value === null ? "it is NULL" : `it takes its default, ${value}`;
}
