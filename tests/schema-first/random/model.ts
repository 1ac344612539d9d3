/**
 * What must come of a case, by plain dictionaries: each row of the source becomes a row of the live table, or is one of
 * those already; whoever pointed to the row points to that one afterwards.
 */
import { type Case, columnsOf, keyed, type RowCase, type TableCase, type Value, type Values } from "./case.ts";

export type Expected =
  | { readonly refused: string }
  | {
      readonly refused: null;
      /** Each table's rows as `a|b|∅`. */
      readonly rows: Readonly<Record<string, readonly string[]>>;
      /** `table|key|rule`. */
      readonly quarantined: readonly string[];
      /** `table|key|column|before|after|rule`. */
      readonly ledger: readonly string[];
      /** The rows are right, but the server may object to them on the way: why. */
      readonly mayRefuse: string | null;
    };

/** `own`: with the key that it would have by itself. */
type Became = { readonly values: Values; readonly met: RowCase | null; readonly own: Values };

export function expectedOf({ tables }: Case): Expected {
  const left = tables.flatMap((table) => pointersToEmptied(table, tables));
  if (left[0] !== undefined) return { refused: left[0] };
  const became = new Map<RowCase, Became>();
  for (const table of tables) for (const [row, key] of keysOf(table, became)) became.set(row, key);
  // A key that holds no parent's is known before its other links are.
  for (const table of tables)
    for (const row of table.source) became.set(row, { ...(became.get(row) as Became), values: arrived(table, row) });
  const rows = new Map(tables.map((table) => [table, after(table)]));
  const wrong = tables.flatMap((table) => [
    ...taken(table),
    ...doubled(table),
    ...hanging(table),
    ...unfollowed(table),
  ]);
  if (wrong[0] !== undefined) return { refused: wrong[0] };
  return {
    refused: null,
    rows: Object.fromEntries(tables.map((table) => [table.name, shown(table, rows.get(table) ?? [])])),
    quarantined: tables.flatMap(skipped).sort(),
    ledger: tables.flatMap(changed).sort(),
    mayRefuse: tables.flatMap((table) => [...passing(table), ...leftBehind(table), ...unlike(table)])[0] ?? null,
  };

  function arrived(table: TableCase, row: RowCase): Values {
    const { values, met } = became.get(row) as Became;
    if (met !== null && table.mode === "skip") return met.values;
    return { ...row.values, ...linksOf(table, row), ...only(values, table.key) };
  }

  function linksOf({ links }: TableCase, row: RowCase): Values {
    const found: Record<string, Value> = {};
    for (const [n, { columns, parent }] of links.entries()) {
      const other = row.parents[n] ?? null;
      const key = tables.find(({ name }) => name === parent)?.key ?? [];
      for (const [part, column] of columns.entries())
        found[column] = other === null ? null : (became.get(other)?.values[key[part] ?? ""] ?? null);
    }
    return found;
  }

  function after({ mode, live, source }: TableCase): Values[] {
    const over = new Set(source.flatMap((row) => (mode === "merge" ? (became.get(row)?.met ?? []) : [])));
    const stay = mode === "replace" ? [] : live.filter((row) => !over.has(row));
    const come = source.filter((row) => mode !== "skip" || became.get(row)?.met === null);
    return [...stay.map(({ values }) => values), ...come.map((row) => (became.get(row) as Became).values)];
  }

  function taken({ name, mode, source }: TableCase): string[] {
    return mode === "append" && source.some((row) => became.get(row)?.met != null) ? [`${name} has a key`] : [];
  }

  function doubled(table: TableCase): string[] {
    const found = (rows.get(table) ?? []).map((values) => values);
    return uniquesOf(table)
      .filter((columns) => new Set(found.map((values) => keyed(columns, values))).size < found.length)
      .map((columns) => `two rows of ${table.name} have the same (${columns.join(", ")})`);
  }

  function hanging(table: TableCase): string[] {
    return table.links.flatMap(({ columns, parent }) => {
      const other = tables.find(({ name }) => name === parent) as TableCase;
      const keys = new Set((rows.get(other) ?? []).map((values) => keyed(other.key, values)));
      const children = (rows.get(table) ?? []).filter((values) => columns.every((column) => values[column] !== null));
      const lost = children.some((values) => !keys.has(keyed(columns, values)));
      return lost ? [`a row of ${table.name} points to no row of ${parent}`] : [];
    });
  }

  /** Keys of several columns are nobody's to take over. */
  function unfollowed(table: TableCase): string[] {
    const moved = pointedStandIns(table).some(({ own, met }) => keyed(table.key, own) !== keyed(table.key, met.values));
    return moved ? [`rows point to rows of ${table.name} that have another key there`] : [];
  }

  /** Whether only other values differ is not asked apart from that. */
  function unlike(table: TableCase): string[] {
    return pointedStandIns(table).length > 0 ? [`rows point to skipped rows of ${table.name}`] : [];
  }

  function pointedStandIns(table: TableCase): { readonly own: Values; readonly met: RowCase }[] {
    if (table.mode !== "skip" || !table.matched || table.kind === "id") return [];
    return table.source.flatMap((row) => {
      const { met, own } = became.get(row) as Became;
      const isPointed = tables.some(({ source }) => source.some(({ parents }) => parents.includes(row)));
      return met !== null && isPointed ? [{ own, met }] : [];
    });
  }

  function skipped(table: TableCase): string[] {
    const out = table.mode === "skip" ? table.source.filter((row) => became.get(row)?.met !== null) : [];
    return out.map((row) => `${table.name}|${keyText(table, row)}|ROWS_TAKEN:skip`);
  }

  function changed(table: TableCase): string[] {
    return table.source.flatMap((row) => {
      const { values, met } = became.get(row) as Became;
      if (table.mode === "skip" && met !== null) return [];
      const cells = columnsOf(table).filter((column) => values[column] !== row.values[column]);
      return cells.map(
        (column) =>
          `${table.name}|${keyText(table, row)}|${column}|integer ${row.values[column]}|${values[column]}|IDS_MAPPED`,
      );
    });
  }

  /** Rows are written one by one: a value may be free only once its owner was written. */
  function passing(table: TableCase): string[] {
    if (table.mode !== "merge") return [];
    return uniquesOf(table).flatMap((columns) =>
      table.source.flatMap((row) => {
        const { values, met } = became.get(row) as Became;
        const owner = table.live.find((one) => keyed(columns, one.values) === keyed(columns, values));
        return owner === undefined || owner === met ? [] : [`${table.name} (${columns.join(", ")}) in between`];
      }),
    );
  }

  /** A key that is overwritten, with live rows that point to it until they are written themselves. */
  function leftBehind(table: TableCase): string[] {
    if (table.mode !== "merge") return [];
    return table.source.flatMap((row) => {
      const { values, met } = became.get(row) as Became;
      if (met === null || keyed(table.key, met.values) === keyed(table.key, values)) return [];
      return isPointedTo(table, met, tables) ? [`a key of ${table.name} that live rows point to changes`] : [];
    });
  }
}

/** The rows' keys in the live table, and the live rows that they are. */
function keysOf(table: TableCase, became: ReadonlyMap<RowCase, Became>): [RowCase, Became][] {
  const by = table.matched ? (table.unique ?? []) : table.key;
  const held = table.links[0];
  const found = table.source.map((row): [RowCase, Became] => {
    const parent = row.parents[0] ?? null;
    // An earlier table's, or a link that no key holds.
    const id =
      parent === null ? undefined : Object.entries(became.get(parent)?.values ?? {}).find(([name]) => name === "id");
    const isHeld = held !== undefined && [...table.key, ...(table.unique ?? [])].includes(held.columns[0] ?? "");
    const values = { ...row.values, ...(isHeld && id !== undefined ? { [held.columns[0] ?? ""]: id[1] } : {}) };
    const met =
      table.mode === "replace" ? undefined : table.live.find((one) => keyed(by, one.values) === keyed(by, values));
    return [row, { values, met: met ?? null, own: values }];
  });
  return table.matched && table.kind === "id"
    ? withIds(table, found)
    : found.map(([row, one]) => [row, keyOfMet(table, one)]);
}

/** Rows that stay out are told by the key that is there. */
function keyOfMet({ mode, key }: TableCase, { values, met, own }: Became): Became {
  return met === null || mode !== "skip"
    ? { values, met, own }
    : { values: { ...values, ...only(met.values, key) }, met, own };
}

/** The live row's id, else its own, else the next number that nobody has on either side. */
function withIds({ live, source }: TableCase, found: readonly [RowCase, Became][]): [RowCase, Became][] {
  const idOf = ({ values }: { readonly values: Values }): number => Number(values.id);
  const there = live.map(idOf);
  const isBlocked = ([row, { met }]: [RowCase, Became]): boolean => met === null && there.includes(idOf(row));
  const blocked = found
    .filter(isBlocked)
    .map(([row]) => idOf(row))
    .sort((a, b) => a - b);
  const last = Math.max(...there, ...source.map(idOf), 0);
  return found.map(([row, { values, met }]) => {
    const next = last + 1 + blocked.indexOf(idOf(row));
    const id = met !== null ? idOf(met) : there.includes(idOf(row)) ? next : idOf(row);
    return [row, { values: { ...values, id }, met, own: values }];
  });
}

function pointersToEmptied(table: TableCase, tables: readonly TableCase[]): string[] {
  if (table.mode !== "replace") return [];
  const children = tables.filter((child) => child.mode !== "replace");
  return children
    .filter((child) =>
      child.live.some(({ parents }) => parents.some((row) => row !== null && table.live.includes(row))),
    )
    .map((child) => `${child.name} points to ${table.name}, which is emptied`);
}

function isPointedTo(table: TableCase, row: RowCase, tables: readonly TableCase[]): boolean {
  return table.live.includes(row) && tables.some(({ live }) => live.some(({ parents }) => parents.includes(row)));
}

function uniquesOf({ key, unique }: TableCase): (readonly string[])[] {
  return unique === null ? [key] : [key, unique];
}

function only(values: Values, columns: readonly string[]): Values {
  return Object.fromEntries(columns.map((column) => [column, values[column] ?? null]));
}

function keyText({ key }: TableCase, { values }: RowCase): string {
  return key.map((column) => `${column}=${values[column]}`).join(", ");
}

function shown(table: TableCase, rows: readonly Values[]): string[] {
  return rows
    .map((values) =>
      columnsOf(table)
        .map((column) => values[column] ?? "∅")
        .join("|"),
    )
    .sort();
}
