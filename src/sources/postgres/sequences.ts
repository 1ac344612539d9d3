/** Columns that a sequence fills: identity, serial, or a plain `DEFAULT nextval(…)` that no other column shares. */
import { quotePostgresLiteral } from "../../core/quote.ts";
import type { ColumnRow, SequenceRow } from "./queries.ts";
import { sequencesSql } from "./queries.ts";
import { denied } from "./relations.ts";
import type { Session } from "./session.ts";

export type Sequence = {
  /** Decimal digits. */
  readonly increment: string;
  /** The value used last, or the one before the first. */
  readonly used: string;
  readonly default: string;
};

export type Sequences = {
  /** Null when the column is filled by none, or by one that it shares. */
  of(column: ColumnRow): Sequence | null;
  /** Oids of all sequences that some column uses. */
  readonly used: ReadonlySet<string>;
};

/** Throws SOURCE_PERMISSION when a position may not be read. */
export async function readSequences(session: Session, columns: readonly ColumnRow[]): Promise<Sequences> {
  const users = new Map<string, ColumnRow[]>();
  for (const column of columns) {
    const oid = sequenceOf(column);
    if (oid !== null) users.set(oid, [...(users.get(oid) ?? []), column]);
  }
  const { rows } = await session.query<SequenceRow>(sequencesSql, [[...users.keys()]]);
  const hidden = rows.filter(({ readable }) => !readable);
  if (hidden.length > 0) {
    const list = hidden.map(({ name }) => name).join(", ");
    const what = hidden.length === 1 ? `sequence ${list}` : `${hidden.length} sequences`;
    throw denied(session, what, `GRANT SELECT ON SEQUENCE ${list}`);
  }
  const sequences = new Map(rows.map((row) => [row.oid, row]));
  return {
    used: new Set(users.keys()),
    of(column) {
      const oid = sequenceOf(column);
      const row = oid === null ? undefined : sequences.get(oid);
      if (oid === null || row === undefined || users.get(oid)?.length !== 1) return null;
      const text = column.expression ?? `nextval(${quotePostgresLiteral(row.name)}::regclass)`;
      const used = row.last ?? String(BigInt(row.start) - BigInt(row.increment));
      return { increment: row.increment, used, default: text };
    },
  };
}

/** The sequence behind an identity, or the one that the default asks and nothing else. */
function sequenceOf(column: ColumnRow): string | null {
  if (column.identity !== "") return column.owned?.sequence ?? null;
  return /^nextval\('(?:[^']|'')*'::regclass\)$/.test(column.expression ?? "") ? column.used : null;
}
