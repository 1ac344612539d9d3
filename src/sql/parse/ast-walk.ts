/** Looking into expressions without going into their subqueries. */
import type { CallKind, Expression } from "./ast.ts";

const aggregates = new Set(["count", "sum", "total", "avg", "group_concat", "string_agg"]);

export function isAggregate(call: CallKind): boolean {
  return aggregates.has(call.name) || ((call.name === "min" || call.name === "max") && call.args.length === 1);
}

/** Whether an aggregate (not a window function) is anywhere in it. */
export function hasAggregate(node: Expression): boolean {
  if (node.kind === "call" && node.over === null && isAggregate(node)) return true;
  return children(node).some(hasAggregate);
}

/** What the first COLLATE in it says, in upper case; null without one. */
export function collationWithin(node: Expression): string | null {
  if (node.kind === "collate") return node.collation.toUpperCase();
  for (const child of children(node)) {
    const found = collationWithin(child);
    if (found !== null) return found;
  }
  return null;
}

export function children(node: Expression): Expression[] {
  switch (node.kind) {
    case "unary":
    case "null test":
    case "cast":
    case "collate":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "pattern":
      return node.escape === null ? [node.left, node.pattern] : [node.left, node.pattern, node.escape];
    case "between":
      return [node.operand, node.low, node.high];
    case "in":
      return node.right.kind === "list" ? [node.left, ...node.right.items] : [node.left];
    case "case": {
      const branches = node.whens.flatMap(({ when, result }) => [when, result]);
      return [node.base, ...branches, node.otherwise].filter((child) => child !== null);
    }
    case "call":
      return [
        ...node.args,
        ...(node.over ? [...node.over.partitionBy, ...node.over.orderBy.map((t) => t.expression)] : []),
      ];
    case "row":
      return [...node.items];
    default:
      return [];
  }
}
