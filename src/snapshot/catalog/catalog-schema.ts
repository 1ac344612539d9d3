/**
 * The shape that a catalog which was written to a file must have before anything relies on it: one beside a snapshot,
 * and that of an export's manifest, which may come from anywhere. What becomes a keyword of a statement is one of a
 * closed set; names are quoted wherever they become part of one; expressions are checked where they are carried.
 * Unknown members pass: a later version may know more of a column than this one.
 */
import { z } from "zod";
import { type HazardCode, hazards } from "../../core/plan/hazards.ts";

const text = z.string();
const texts = z.array(text);
const optionalText = text.nullable();
/** It becomes the name of a relation, a column or a constraint. */
const name = text.refine((value) => !value.includes("\0"), "is no name");
const names = z.array(name);
/** As format_type writes one: no brackets but those of its modifiers, no quotes but those of a name. */
const typeName = text.regex(
  /^(?:"(?:[^"\0]|"")+"|[a-z_][\w$]*)(?:\.(?:"(?:[^"\0]|"")+"|[a-z_][\w$]*))?(?: [a-z]+)*(?:\([\w, -]+\))?(?: [a-z]+)*(?:\[\])*$/i,
  "is no name of a type",
);
const wholeNumber = text.regex(/^-?\d{1,19}$/, "is no whole number");

const column = z.looseObject({
  name,
  declaredType: text,
  affinity: z.enum(["INTEGER", "TEXT", "BLOB", "REAL", "NUMERIC"]),
  // It becomes a part of statements.
  pgType: typeName.optional(),
  truth: z.literal(true).optional(),
  notNull: z.boolean(),
  default: optionalText,
  collation: name,
  isRowid: z.boolean(),
  searched: z.boolean().optional(),
  hiddenRowid: z.boolean().optional(),
  generated: z
    .looseObject({ kind: z.enum(["virtual", "stored"]), expression: text, anew: z.literal(true).optional() })
    .nullable(),
});

const indexPart = z.looseObject({
  column: name.nullable(),
  expression: optionalText,
  descending: z.boolean(),
  collation: name,
});

const action = z.enum(["NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"]);

const table = z.looseObject({
  name,
  relation: name.optional(),
  fullText: z.looseObject({ content: z.looseObject({ table: name, key: name }).nullable() }).optional(),
  sql: text,
  columns: z.array(column),
  primaryKey: names.nullable(),
  primaryKeyCollations: names.nullable(),
  withoutRowid: z.boolean(),
  strict: z.boolean(),
  autoincrement: z.boolean(),
  sequence: wholeNumber.nullable(),
  rowidName: z.enum(["rowid", "_rowid_", "oid"]).nullable(),
  uniques: z.array(z.looseObject({ name: name.nullable(), columns: names, collations: names })),
  conflictClauses: texts,
  indexes: z.array(
    z.looseObject({ name, unique: z.boolean(), parts: z.array(indexPart), where: optionalText, sql: text }),
  ),
  foreignKeys: z.array(
    z.looseObject({
      name: name.nullable(),
      columns: names,
      parent: name,
      parentColumns: names,
      onUpdate: action,
      onDelete: action,
      deferrable: z.enum(["no", "initially immediate", "initially deferred"]),
    }),
  ),
  checks: z.array(z.looseObject({ name: name.nullable(), expression: text, ofType: z.boolean().optional() })),
});

const hazardCode = z.enum(Object.keys(hazards) as [HazardCode, ...HazardCode[]]);

/** What a PostgreSQL source's catalog says beyond (core/schema/postgres-catalog.ts). */
const postgres = z.looseObject({
  schema: name,
  identities: z.array(z.looseObject({ table: name, column: name, always: z.boolean(), increment: wholeNumber })),
  constraints: z.array(
    z.looseObject({
      table: name,
      name,
      sql: text.regex(/^(EXCLUDE|UNIQUE|PRIMARY KEY|FOREIGN KEY)\b/, "is no constraint"),
    }),
  ),
  notValid: z.array(z.looseObject({ table: name, name })),
  types: z.array(z.looseObject({ schema: name, name, becomes: typeName })),
  comments: z.array(z.looseObject({ table: name, column: name.nullable(), text })),
  notes: z.array(z.looseObject({ code: text, at: text, message: text })),
  others: z.array(
    z.looseObject({ object: text, reason: text, hazard: z.looseObject({ code: hazardCode, at: text }).nullable() }),
  ),
});

export const catalogSchema = z.looseObject({
  dialect: z.enum(["sqlite", "postgres"]).optional(),
  encoding: z.enum(["UTF-8", "UTF-16le", "UTF-16be"]),
  userVersion: z.int(),
  applicationId: z.int(),
  tables: z.array(table),
  views: z.array(z.looseObject({ name, sql: text })),
  triggers: z.array(z.looseObject({ name, table: name, sql: text })),
  virtualTables: z.array(
    z.looseObject({
      name,
      module: text.regex(/^\w+$/, "is no module"),
      sql: text,
      shadowTables: names,
      totals: z.looseObject({ rows: wholeNumber, tokens: wholeNumber }).optional(),
      settings: z.record(text, text).optional(),
    }),
  ),
  internal: texts,
  postgres: postgres.optional(),
});
