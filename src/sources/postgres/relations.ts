/** Which relations of the schema are tables to move, and why the others are not. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { qualified, quoteName } from "../../core/quote.ts";
import { foldName } from "../../core/schema/names.ts";
import type { PostgresFacts } from "../../core/schema/postgres-catalog.ts";
import { type RelationRow, relationsSql } from "./queries.ts";
import { grantTo, type Session } from "./session.ts";

export type Relations = {
  readonly tables: readonly RelationRow[];
  readonly views: readonly RelationRow[];
  readonly sequences: readonly RelationRow[];
  readonly others: PostgresFacts["others"];
  readonly notes: PostgresFacts["notes"];
};

/** Throws SOURCE_NOT_FOUND when there is no such schema, SOURCE_PERMISSION with the GRANTs that are missing. */
export async function readRelations(
  session: Session,
  schema: string,
  wanted: (table: string) => boolean,
): Promise<Relations> {
  await checkSchema(session, schema);
  const { rows } = await session.query<RelationRow>(relationsSql, [schema]);
  const others: PostgresFacts["others"][number][] = [];
  const notes: PostgresFacts["notes"][number][] = [];
  const tables: RelationRow[] = [];
  for (const row of rows.filter(({ kind }) => kind === "r" || kind === "p" || kind === "f")) {
    // A partition's rows come with its root.
    if (row.partition) {
      if (row.root !== null)
        others.push({
          object: `table ${row.name}`,
          reason: `a partition of ${row.root}, which another schema holds: its rows move with that`,
          hazard: null,
        });
      continue;
    }
    const reason = row.extension
      ? "belongs to an extension"
      : row.kind === "f"
        ? "a foreign table: its rows are on another server"
        : wanted(row.name)
          ? null
          : "not selected by the pipeline";
    if (reason !== null) {
      others.push({ object: `table ${row.name}`, reason, hazard: null });
      continue;
    }
    tables.push(row);
    if (row.kind === "p")
      notes.push({
        code: "PARTITIONS_JOINED",
        at: row.name,
        message: "partitioned in the source; one table in the target",
      });
    if (row.inherits)
      notes.push({
        code: "INHERITANCE_LOST",
        at: row.name,
        message: "inherits from another table; a table of its own in the target",
      });
    if (row.persistence === "u")
      notes.push({
        code: "UNLOGGED",
        at: row.name,
        message: "unlogged in the source; an ordinary table in the target",
      });
    if (row.policies)
      others.push({
        object: `row security of ${row.name}`,
        reason: "policies are not moved; set target.rowSecurity",
        hazard: null,
      });
  }
  checkReadable(session, schema, tables);
  checkNames(tables);
  return {
    tables,
    views: rows.filter(({ kind, extension }) => (kind === "v" || kind === "m") && !extension),
    sequences: rows.filter(({ kind }) => kind === "S"),
    others,
    notes,
  };
}

async function checkSchema(session: Session, schema: string): Promise<void> {
  const { rows } = await session.query<{ usage: boolean }>(
    "SELECT has_schema_privilege(oid, 'USAGE') AS usage FROM pg_namespace WHERE nspname = $1",
    [schema],
  );
  const [found] = rows;
  if (found === undefined)
    throw new RowhaulError("SOURCE_NOT_FOUND", `The source database has no schema "${schema}".`, {
      hint: "Check the schema: `source.schema` in a pipeline file, ?schema=… in a URL.",
    });
  if (!found.usage) throw denied(session, "schema", `GRANT USAGE ON SCHEMA ${quoteName(schema)}`);
}

function checkReadable(session: Session, schema: string, tables: readonly RelationRow[]): void {
  const refused = tables.filter(({ readable }) => !readable);
  if (refused.length === 0) return;
  const list = refused.map(({ name }) => qualified(schema, name)).join(", ");
  const what = refused.length === 1 ? `table ${refused[0]?.name}` : `${refused.length} tables`;
  throw denied(session, what, `GRANT SELECT ON ${list}`);
}

/** With the statement that gives the right, which runs as it is. */
export function denied(session: Session, what: string, right: string): RowhaulError {
  return new RowhaulError("SOURCE_PERMISSION", `The source's user may not read the ${what}.`, {
    details: [grantTo(session, right)],
    hint: "As the owner, run the printed GRANT, or leave the table out with `exclude`.",
  });
}

/** A snapshot is a SQLite file, in which names differ by more than the case of ASCII letters. */
function checkNames(tables: readonly RelationRow[]): void {
  const seen = new Map<string, string>();
  for (const { name } of tables) {
    const other = seen.get(foldName(name));
    if (other !== undefined)
      throw new RowhaulError("SOURCE_UNSUPPORTED", `The tables "${other}" and "${name}" differ only in case.`, {
        hint: "Rename one of them in the source, or leave both out with `exclude`, which knows no case.",
      });
    if (/^sqlite_/i.test(name))
      throw new RowhaulError("SOURCE_UNSUPPORTED", `A table cannot be read under the name "${name}".`, {
        hint: "Leave it out with `exclude`, or rename it in the source.",
      });
    seen.set(foldName(name), name);
  }
}
