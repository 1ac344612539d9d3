/**
 * The shape that a manifest's catalog must have before anything relies on it.
 * Unknown members pass: a later version may know more of a column than this one.
 */
import { z } from "zod";

const text = z.string();
const texts = z.array(text);
const optionalText = text.nullable();
const typeName = text.regex(/^[a-z_"][\w ".]*(?:\([\d, -]+\))?(?: [a-z ]+)?(?:\[\])*$/i, "is no name of a type");
const wholeNumber = text.regex(/^-?\d{1,19}$/, "is no whole number");

const column = z.looseObject({
  name: text,
  declaredType: text,
  affinity: z.enum(["INTEGER", "TEXT", "BLOB", "REAL", "NUMERIC"]),
  // It becomes a part of statements.
  pgType: typeName.optional(),
  notNull: z.boolean(),
  default: optionalText,
  collation: text,
  isRowid: z.boolean(),
  generated: z.looseObject({ kind: z.enum(["virtual", "stored"]), expression: text }).nullable(),
});

const indexPart = z.looseObject({
  column: optionalText,
  expression: optionalText,
  descending: z.boolean(),
  collation: text,
});

const action = z.enum(["NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"]);

const table = z.looseObject({
  name: text,
  sql: text,
  columns: z.array(column),
  primaryKey: texts.nullable(),
  primaryKeyCollations: texts.nullable(),
  withoutRowid: z.boolean(),
  strict: z.boolean(),
  autoincrement: z.boolean(),
  sequence: wholeNumber.nullable(),
  rowidName: z.enum(["rowid", "_rowid_", "oid"]).nullable(),
  uniques: z.array(z.looseObject({ name: optionalText, columns: texts, collations: texts })),
  conflictClauses: texts,
  indexes: z.array(
    z.looseObject({ name: text, unique: z.boolean(), parts: z.array(indexPart), where: optionalText, sql: text }),
  ),
  foreignKeys: z.array(
    z.looseObject({
      name: optionalText,
      columns: texts,
      parent: text,
      parentColumns: texts,
      onUpdate: action,
      onDelete: action,
      deferrable: z.enum(["no", "initially immediate", "initially deferred"]),
    }),
  ),
  checks: z.array(z.looseObject({ name: optionalText, expression: text, ofType: z.boolean().optional() })),
});

export const catalogSchema = z.looseObject({
  dialect: z.enum(["sqlite", "postgres"]).optional(),
  encoding: z.enum(["UTF-8", "UTF-16le", "UTF-16be"]),
  userVersion: z.number(),
  applicationId: z.number(),
  tables: z.array(table),
  views: z.array(z.looseObject({ name: text, sql: text })),
  triggers: z.array(z.looseObject({ name: text, table: text, sql: text })),
  virtualTables: z.array(z.looseObject({ name: text, module: text, sql: text, shadowTables: texts })),
  internal: texts,
  postgres: z
    .looseObject({
      identities: z.array(z.looseObject({ table: text, column: text, always: z.boolean(), increment: wholeNumber })),
      types: z.array(z.looseObject({ schema: text, name: text, becomes: typeName })),
    })
    .optional(),
});
