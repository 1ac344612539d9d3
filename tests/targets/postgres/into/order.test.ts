/** Parents before children, whatever the names. */
import { expect, it } from "vitest";
import { type Edge, parentsFirst } from "../../../../src/targets/postgres/into/order.ts";

const edge = (child: string, parent: string, deferrable = false): Edge => ({ child, parent, deferrable });

it.each<[string, string[], Edge[], string[][]]>([
  ["nothing", [], [], []],
  ["no foreign keys", ["b", "a"], [], [["b"], ["a"]]],
  ["a chain", ["c", "b", "a"], [edge("c", "b"), edge("b", "a")], [["a"], ["b"], ["c"]]],
  ["a table that points to itself", ["a"], [edge("a", "a")], [["a"]]],
  [
    "a diamond",
    ["d", "c", "b", "a"],
    [edge("d", "b"), edge("d", "c"), edge("b", "a"), edge("c", "a")],
    [["a"], ["c"], ["b"], ["d"]],
  ],
  ["a circle that can be cut", ["a", "b"], [edge("a", "b"), edge("b", "a", true)], [["b"], ["a"]]],
  ["a deferrable one that need not be cut", ["b", "a"], [edge("b", "a", true)], [["a"], ["b"]]],
  [
    "a circle that cannot be cut, and what hangs on it",
    ["leaf", "a", "root", "b"],
    [edge("a", "b"), edge("b", "a"), edge("a", "root"), edge("b", "b"), edge("leaf", "a")],
    [["root"], ["a", "b"], ["leaf"]],
  ],
  [
    "two circles, one of which waits for the other",
    ["c", "d", "a", "b"],
    [edge("a", "b"), edge("b", "a"), edge("c", "d"), edge("d", "c"), edge("d", "a")],
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "a circle of three with a shorter one in it",
    ["a", "b", "c"],
    [edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("b", "a")],
    [["a", "b", "c"]],
  ],
])("%s", (_, names, edges, expected) => {
  expect(parentsFirst(names, edges)).toEqual(expected);
});
