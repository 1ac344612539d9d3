/**
 * Arithmetic of number literals, reckoned as SQLite does: an integer beyond 64
 * bits goes on as a REAL, which PostgreSQL would refuse whenever it is asked.
 */
import type { BinaryOperator, Expression } from "../../parse/ast.ts";

/** INTEGER as bigint, REAL as number, NULL for a division by zero; null when it is anything but numbers. */
export function constantNumber(node: Expression): bigint | number | "NULL" | null {
  if (node.kind === "number") return numberOf(node.text, false);
  if (node.kind === "unary") {
    if (node.op === "-" && node.operand.kind === "number") return numberOf(node.operand.text, true);
    const operand = constantNumber(node.operand);
    if (node.op === "+" || operand === "NULL") return operand;
    return node.op !== "-" || operand === null ? null : typeof operand === "bigint" ? in64Bits(-operand) : -operand;
  }
  if (node.kind !== "binary") return null;
  const [left, right] = [constantNumber(node.left), constantNumber(node.right)];
  if (left === null || right === null) return null;
  return reckon(node.op, left, right);
}

/** `text` without its sign, which belongs to it: the smallest integer is only one with it. */
export function numberOf(text: string, negative: boolean): bigint | number {
  if (/^0x/i.test(text)) {
    const value = BigInt.asIntN(64, BigInt(text));
    return negative ? in64Bits(-value) : value;
  }
  if (/^\d+$/.test(text)) {
    const value = negative ? -BigInt(text) : BigInt(text);
    if (BigInt.asIntN(64, value) === value) return value;
  }
  return negative ? -Number(text) : Number(text);
}

function reckon(
  op: BinaryOperator,
  left: bigint | number | "NULL",
  right: bigint | number | "NULL",
): bigint | number | "NULL" | null {
  if (op !== "+" && op !== "-" && op !== "*" && op !== "/" && op !== "%") return null;
  if (left === "NULL" || right === "NULL") return "NULL";
  const integers = typeof left === "bigint" && typeof right === "bigint";
  if (op === "%" && !integers) return null;
  if ((op === "/" || op === "%") && Number(right) === 0) return "NULL";
  // Beyond 64 bits SQLite starts again with both sides as REAL.
  const exact = integers ? ofIntegers(op, left, right) : null;
  if (exact !== null && BigInt.asIntN(64, exact) === exact) return exact;
  const value = ofReals(op, Number(left), Number(right));
  return Number.isNaN(value) ? "NULL" : value;
}

type Operator = "+" | "-" | "*" | "/" | "%";

function ofIntegers(op: Operator, left: bigint, right: bigint): bigint {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function ofReals(op: Operator, left: number, right: number): number {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function in64Bits(value: bigint): bigint | number {
  return BigInt.asIntN(64, value) === value ? value : Number(value);
}
