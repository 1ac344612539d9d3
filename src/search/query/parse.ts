/**
 * FTS5's query language, read exactly as FTS5 reads it, errors included:
 * `fts5.parse` in sql/parse.sql is the same algorithm and gives the same tree.
 * FTS5's own parser is a table with a stack of 100 entries. This one keeps only
 * the operators and parentheses that are open, and counts how many entries
 * FTS5 would have (`base`: those below the operand being read), because a
 * query that overflows there must be refused here.
 */
import { columnFilter, intersection } from "./column-filter.ts";
import type { Expression, QueryNode } from "./expression.ts";
import { Fts5Error } from "./fts5-error.ts";
import { nearset } from "./nearset.ts";
import { expect, kind, type Reader, reader, shift, syntaxError } from "./reader.ts";
import { combine, juxtapose, nodeOf, type Operator, type Tree } from "./tree.ts";

export function parse(query: string, columns: readonly string[]): Expression {
  // for FTS5 a text ends here
  const [text = ""] = query.split("\0", 1);
  if (text.startsWith("*")) return special(text, query);
  return expression(reader(text, query, columns));
}

type Columns = readonly number[] | null;

/** An operator with its left side, or an open parenthesis. */
type Frame =
  | { readonly operator: Operator; readonly left: Tree; readonly base: number }
  | { readonly operator: "("; readonly scope: Columns; readonly base: number };

/** Iterative: no query, however deep, costs more of JavaScript's stack than another. */
function expression(read: Reader): QueryNode {
  const frames: Frame[] = [];
  let scope: Columns = null;
  let base = 0;
  for (;;) {
    const filter = columnFilter(read, base);
    const below = filter === null ? base : base + 2;
    const columns = intersection(scope, filter);
    if (kind(read) === "(") {
      shift(read, below + 1);
      frames.push({ operator: "(", scope, base });
      scope = columns;
      base = below + 1;
      continue;
    }
    let tree = implicitAnd(read, base, below, columns, scope);
    for (;;) {
      [tree, base] = reduce(read, frames, tree, base, strength[kind(read)] ?? 0);
      if (kind(read) !== ")") break;
      const open = frames.pop();
      if (open?.operator !== "(") syntaxError(read);
      shift(read, base + 2);
      ({ scope, base } = open);
    }
    const operator = kind(read);
    if (operator === "AND" || operator === "OR" || operator === "NOT") {
      shift(read, base + 2);
      frames.push({ operator, left: tree, base });
      base += 2;
    } else {
      expect(read, "end");
      if (frames.length > 0) syntaxError(read);
      return nodeOf(tree);
    }
  }
}

/** A run of phrases and NEAR()s with nothing between them. Parentheses cannot be part of it. */
function implicitAnd(read: Reader, base: number, below: number, columns: Columns, scope: Columns): Tree {
  const members = [nearset(read, below, columns)];
  while (continuesRun.has(kind(read))) {
    const filter = columnFilter(read, base + 1);
    members.push(nearset(read, filter === null ? base + 1 : base + 3, intersection(scope, filter)));
  }
  return juxtapose(members);
}

/** Closes the operators that bind at least as strongly as the one that comes, down to the last parenthesis. */
function reduce(read: Reader, frames: Frame[], tree: Tree, base: number, limit: number): [Tree, number] {
  let right = tree;
  let below = base;
  for (let top = frames.at(-1); top !== undefined && top.operator !== "("; top = frames.at(-1)) {
    if ((strength[top.operator] ?? 0) < limit) break;
    right = combine(read, top.operator, top.left, right);
    below = top.base;
    frames.pop();
  }
  return [right, below];
}

/** A question to FTS5 itself, not to the texts. */
function special(text: string, query: string): Expression {
  const [word = ""] = text.slice(1).replace(/^ +/, "").split(" ", 1);
  if (/^(reads|id)$/i.test(word)) return null;
  throw new Fts5Error(`unknown special query: ${word}`, query);
}

const strength: Readonly<Partial<Record<string, number>>> = { OR: 1, AND: 2, NOT: 3 };

const continuesRun: ReadonlySet<string> = new Set(["string", "{", "-", "^"]);
