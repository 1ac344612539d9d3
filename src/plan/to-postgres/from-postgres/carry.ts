/**
 * An expression or view of a PostgreSQL source as the target takes it: word for word, with relations found in
 * staging, columns under their new names, and types of the source's own replaced by what they are made of. What
 * else it needs (functions, operators) the target has or has not; the probe asks it.
 */
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import type { PostgresFacts } from "../../../core/schema/postgres-catalog.ts";
import type { ScopeRelation } from "../../../sql/translate/scope.ts";
import type { Translation } from "../../../sql/translate/translation.ts";
import { isTypeName } from "./encoding.ts";
import { notRun } from "./harmless.ts";
import { type Word, wordsOf } from "./words.ts";

export type Carrying = {
  readonly facts: PostgresFacts | null;
  /** The expressions are a database's own; those of an export may be anybody's. */
  readonly trusted: boolean;
  readonly staging: string;
  /** Tables and views that are there, by their source name. */
  readonly relations: ReadonlyMap<string, string>;
  /** All that the schema has; what is among these alone does not move. */
  readonly known: ReadonlySet<string>;
};

/** Of one table's columns, which expressions name without the table. */
export function carryExpression(text: string, carrying: Carrying, own: ScopeRelation, table: Table): Translation {
  const columns = new Map(own.columns.map((column) => [column.source, column.target]));
  const dropped = new Set(table.columns.map(({ name }) => name).filter((name) => !columns.has(name)));
  return carry(wordsOf(text), carrying, (name) => {
    if (dropped.has(name)) return { gone: name };
    const target = columns.get(name);
    return target === undefined || target === name ? null : { target };
  });
}

/** A view's text, or a default, which names no column of its own. */
export function carryText(text: string, carrying: Carrying): Translation {
  return carry(wordsOf(text), carrying, () => null);
}

/**
 * What the deparser never writes: a semicolon, a comment, a `$` or a backslash of a text's own, brackets that close what
 * others opened. An export's manifest may hold anything, and this becomes a part of a statement.
 */
function isOneExpression(words: readonly Word[]): boolean {
  let open = 0;
  for (const [i, { text }] of words.entries()) {
    const next = words[i + 1]?.text ?? "";
    if (text === "(" || text === "[") open++;
    if (text === ")" || text === "]") open--;
    const comment = (text === "-" && next === "-") || (text === "/" && next === "*");
    const unclosed = text === "'" || text === '"';
    if (open < 0 || comment || unclosed || text === ";" || text === "$" || text === "\\") return false;
    if (next.startsWith("'") && /^(u&|&)$/i.test(text)) return false;
    // In E'…' a backslash could hide the end of the text.
    if (next.startsWith("'") && /^e$/i.test(text) && next.replaceAll("\\\\", "").includes("\\")) return false;
  }
  return open === 0;
}

type Renamed = { readonly target: string } | { readonly gone: string } | null;

function carry(words: readonly Word[], carrying: Carrying, rename: (column: string) => Renamed): Translation {
  let sql = "";
  let enums = false;
  const refused = (reason: string): Translation => ({ ok: false, reason });
  if (!isOneExpression(words)) return refused("it is not as PostgreSQL writes an expression");
  const objection = carrying.trusted ? null : notRun(words, carrying.facts?.schema);
  if (objection !== null) return refused(objection);
  for (let i = 0; i < words.length; i++) {
    const { text, name } = words[i] as Word;
    const member = words[i + 1]?.text === "." ? words[i + 2]?.name : undefined;
    if (name !== null && member !== undefined && member !== null) {
      const type = carrying.facts?.types.find((one) => one.schema === name && one.name === member);
      if (type !== undefined && isTypeName(type.becomes)) {
        enums ||= type.becomes === "text";
        sql += type.becomes;
        i += 2;
        continue;
      }
      if (name === carrying.facts?.schema && words[i + 3]?.text !== "(") {
        const target = carrying.relations.get(member);
        if (target !== undefined) {
          sql += qualified(carrying.staging, target);
          // Columns of it may be named by its own name.
          if (target !== member && !hasAlias(words, i + 3)) sql += ` ${quoteName(member)}`;
          i += 2;
          continue;
        }
        if (carrying.known.has(member)) return refused(`it reads ${member}, which does not move`);
      }
    } else if (name !== null && isColumn(words, i)) {
      const renamed = rename(name);
      if (renamed !== null && "gone" in renamed) return refused(`the pipeline drops ${renamed.gone}`);
      if (renamed !== null) {
        sql += quoteName(renamed.target);
        continue;
      }
    }
    sql += text;
  }
  if (enums && words.some((_, at) => isOrder(words, at)))
    return refused("it goes by the order of an enum, which text does not have");
  return { ok: true, sql, notes: [] };
}

/** `<` and `>`, but not `<>`. */
function isOrder(words: readonly Word[], at: number): boolean {
  const [before, text, next] = [words[at - 1]?.text, words[at]?.text, words[at + 1]?.text];
  return (text === "<" && next !== ">") || (text === ">" && before !== "<");
}

/** Not a function, a member of something, or a type after `::`. */
function isColumn(words: readonly Word[], at: number): boolean {
  const before = words[at - 1]?.text;
  return before !== "." && before !== ":" && words[at + 1]?.text !== "(" && words[at + 1]?.text !== ".";
}

function hasAlias(words: readonly Word[], at: number): boolean {
  return /^\s+$/.test(words[at]?.text ?? "") && words[at + 1]?.name != null;
}
