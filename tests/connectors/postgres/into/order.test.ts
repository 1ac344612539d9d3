/** Parents before children, whatever the names. */
import { expect, it } from "vitest";
import { type Edge, parentsFirst } from "../../../../src/connectors/postgres/into/order.ts";

const edge = (child: string, parent: string, deferrable = false): Edge => ({
  constraint: `${child}_${parent}`,
  child,
  parent,
  deferrable,
});

it.each<[string, string[], Edge[], string[]]>([
  ["nothing", [], [], []],
  ["no foreign keys", ["b", "a"], [], ["b", "a"]],
  ["a chain", ["c", "b", "a"], [edge("c", "b"), edge("b", "a")], ["a", "b", "c"]],
  ["a table that points to itself", ["a"], [edge("a", "a")], ["a"]],
  [
    "a diamond",
    ["d", "c", "b", "a"],
    [edge("d", "b"), edge("d", "c"), edge("b", "a"), edge("c", "a")],
    ["a", "c", "b", "d"],
  ],
  ["a circle that can be cut", ["a", "b"], [edge("a", "b"), edge("b", "a", true)], ["b", "a"]],
  ["a deferrable one that need not be cut", ["b", "a"], [edge("b", "a", true)], ["a", "b"]],
])("%s", (_, names, edges, expected) => {
  expect(parentsFirst(names, edges)).toEqual({ ok: true, names: expected });
});

it("names the constraints of a circle that cannot be cut, and not those that hang on it", () => {
  const circle = [edge("a", "b"), edge("b", "a")];
  expect(parentsFirst(["root", "a", "b"], [...circle, edge("a", "root"), edge("b", "b")])).toEqual({
    ok: false,
    circle,
  });
});
