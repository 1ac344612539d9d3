/** Puts operands together as FTS5 does, with the height it limits. */
import type { Near, QueryNode } from "./expression.ts";
import { fail, type Reader } from "./reader.ts";

export type Operator = "AND" | "OR" | "NOT";

export type Tree = {
  readonly kind: Operator | "ALL";
  /** Grows while AND follows AND: a new list at each would make long queries quadratic. */
  readonly members: QueryNode[];
  /** Of FTS5's tree, where AND in AND and OR in OR are one level. */
  readonly height: number;
  /** The operator at FTS5's root; juxtaposition is AND there. */
  readonly root: Operator | null;
};

export function juxtapose(members: readonly Near[]): Tree {
  // a member without tokens takes no place in FTS5's tree; only of an empty text is that known here
  const conjunction = members.filter((member) => !isEmpty(member)).length > 1;
  return {
    kind: "ALL",
    members: members.map((near) => ({ near })),
    height: conjunction ? 1 : 0,
    root: conjunction ? "AND" : null,
  };
}

export function combine(read: Reader, operator: Operator, left: Tree, right: Tree): Tree {
  const height = Math.max(heightUnder(operator, left), heightUnder(operator, right));
  if (height > maximumHeight) fail(read, `fts5 expression tree is too large (maximum depth ${maximumHeight})`);
  const members = membersUnder(operator, left);
  for (const member of membersUnder(operator, right)) members.push(member);
  return { kind: operator, members, height, root: operator };
}

export function nodeOf(tree: Tree): QueryNode {
  const [first, second] = tree.members;
  if (first === undefined) throw new Error("a tree without members");
  if (second === undefined) return first;
  switch (tree.kind) {
    case "AND":
      return { and: tree.members };
    case "OR":
      return { or: tree.members };
    case "NOT":
      return { not: [first, second] };
    case "ALL":
      return { all: tree.members };
  }
}

function isEmpty(near: Near): boolean {
  return near.phrases.every((phrase) => phrase.parts.every((part) => part.text === ""));
}

function heightUnder(operator: Operator, tree: Tree): number {
  return operator !== "NOT" && tree.root === operator ? tree.height : tree.height + 1;
}

function membersUnder(operator: Operator, tree: Tree): QueryNode[] {
  return operator !== "NOT" && tree.kind === operator ? tree.members : [nodeOf(tree)];
}

const maximumHeight = 256;
