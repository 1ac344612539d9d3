import { describe, expect, it } from "vitest";
import type { Expression } from "../../../src/sql/parse/ast.ts";
import { parseExpressionText } from "../../../src/sql/parse/parse-select.ts";
import { SqlSyntaxError } from "../../../src/sql/parse/syntax-error.ts";

describe("precedence", () => {
  it.each([
    ["a OR b AND c", "(a OR (b AND c))"],
    ["NOT a = b", "(NOT (a = b))"],
    ["NOT a AND b", "((NOT a) AND b)"],
    ["a = b < c", "(a = (b < c))"],
    ["a < b & c + d * e || f", "(a < (b & (c + (d * (e || f)))))"],
    ["a - b - c", "((a - b) - c)"],
    ["a * -b", "(a * (- b))"],
    ["-a || b", "((- a) || b)"],
    ["a || b COLLATE nocase", "(a || (b COLLATE nocase))"],
    ["-a COLLATE x", "((- a) COLLATE x)"],
    ["~a & b", "((~ a) & b)"],
    ["a BETWEEN 1 AND 2 AND b", "((a BETWEEN 1 AND 2) AND b)"],
    ["a NOT BETWEEN 1 AND 2 = b", "((a NOT BETWEEN 1 AND 2) = b)"],
    ["a IS NOT NULL", "(a NOT NULL)"],
    ["a NOT NULL = b NOTNULL", "(((a NOT NULL) = b) NOT NULL)"],
    ["a ISNULL", "(a NULL)"],
    ["a IS NOT b", "(a IS NOT b)"],
    ["a IS DISTINCT FROM b", "(a IS NOT b)"],
    ["a IS NOT DISTINCT FROM b", "(a IS b)"],
    ["a LIKE b || c ESCAPE '!' AND d", "((a LIKE (b || c) ESCAPE !) AND d)"],
    ["a NOT GLOB b", "(a NOT GLOB b)"],
    ["a NOT IN (1, 2) OR b", "((a NOT IN 1,2) OR b)"],
    ["a IN ()", "(a IN )"],
    ["a -> b ->> c", "((a -> b) ->> c)"],
    ["a == b != c", "((a = b) <> c)"],
    ["CASE a WHEN 1 THEN 2 ELSE 3 END", "CASE(a 1 2 3)"],
    ["CAST(a AS DECIMAL(10, 2))", "CAST(a DECIMAL(10, 2))"],
    ["count(DISTINCT a)", "count(a)"],
    ['main.t."x y"', "main.t.x y"],
    ["(a, b) = (1, 2)", "(ROW(a b) = ROW(1 2))"],
    ["((a))", "a"],
  ])("%s", (text, expected) => {
    expect(shown(parseExpressionText(text))).toBe(expected);
  });

  it.each(["", "a +", "a b", "(a", "CASE END b", "a IN 1"])("refuses %j", (text) => {
    expect(() => parseExpressionText(text)).toThrow(SqlSyntaxError);
  });

  it("reads FILTER, OVER and ORDER BY of a call", () => {
    expect(
      parseExpressionText(
        "group_concat(a ORDER BY b DESC NULLS LAST) FILTER (WHERE c) OVER (PARTITION BY d ORDER BY e ROWS 1 PRECEDING)",
      ),
    ).toMatchObject({
      name: "group_concat",
      orderBy: [{ descending: true, nulls: "last" }],
      filter: { name: "c" },
      over: { partitionBy: [{ name: "d" }], orderBy: [{ descending: false }], hasFrame: true },
    });
  });
});

function shown(node: Expression): string {
  const all = (nodes: readonly Expression[], between: string) => nodes.map(shown).join(between);
  switch (node.kind) {
    case "number":
      return node.text;
    case "string":
      return node.value;
    case "column":
      return [node.schema, node.table, node.name].filter((name) => name !== null).join(".");
    case "unary":
      return `(${node.op} ${shown(node.operand)})`;
    case "binary":
      return `(${shown(node.left)} ${node.op} ${shown(node.right)})`;
    case "null test":
      return `(${shown(node.operand)} ${node.not ? "NOT " : ""}NULL)`;
    case "collate":
      return `(${shown(node.operand)} COLLATE ${node.collation})`;
    case "between":
      return `(${shown(node.operand)} ${node.not ? "NOT " : ""}BETWEEN ${shown(node.low)} AND ${shown(node.high)})`;
    case "pattern":
      return `(${shown(node.left)} ${node.not ? "NOT " : ""}${node.op} ${shown(node.pattern)}${node.escape ? ` ESCAPE ${shown(node.escape)}` : ""})`;
    case "in":
      return `(${shown(node.left)} ${node.not ? "NOT " : ""}IN ${node.right.kind === "list" ? all(node.right.items, ",") : "…"})`;
    case "case":
      return `CASE(${all(
        [node.base, ...node.whens.flatMap(({ when, result }) => [when, result]), node.otherwise].filter(
          (child) => child !== null,
        ),
        " ",
      )})`;
    case "cast":
      return `CAST(${shown(node.operand)} ${node.type})`;
    case "call":
      return `${node.name}(${all(node.args, ",")})`;
    case "row":
      return `ROW(${all(node.items, " ")})`;
    default:
      return node.kind;
  }
}
