/** Foreign keys over the same columns: each constraint stands for one of them, so that a lost one is missed. */
import { expect, it } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { ForeignKey, Table } from "../../../../src/core/schema/catalog.ts";
import { pairReferences } from "../../../../src/validators/postgres/schema/pair-references.ts";
import type { TargetConstraint } from "../../../../src/validators/postgres/schema/target-objects.ts";
import { integer, integerKey, tablePlan } from "../../fixture.ts";

const key = (onDelete: ForeignKey["onDelete"], deferrable: ForeignKey["deferrable"] = "no"): ForeignKey => ({
  ...{ name: null, columns: ["a"], parent: "p", parentColumns: ["id"], onUpdate: "NO ACTION" },
  ...{ onDelete, deferrable },
});
const constraint = (
  name: string,
  onDelete: string,
  deferrable: TargetConstraint["deferrable"] = "no",
): TargetConstraint => ({
  ...{ name, kind: "f", columns: ["a"], parent: { table: "p", columns: ["id"] }, onUpdate: "a", validated: true },
  ...{ onDelete, deferrable },
});

const column = { encoding: integer, pgType: "bigint" };
const child = tablePlan("c", integerKey, { a: column });
const plan = { tables: [child, tablePlan("p", integerKey, { id: column })] } as unknown as Plan;

function paired(keys: readonly ForeignKey[], constraints: readonly TargetConstraint[]): (string | undefined)[] {
  const declared = { foreignKeys: keys } as unknown as Table;
  const actual = { constraints, columns: new Map(), indexes: [] };
  const pairs = pairReferences({ declared, table: child, actual, plan });
  return keys.map((one) => pairs.get(one)?.name);
}

it("the one that does the same is found, whatever the order", () => {
  const keys = [key("CASCADE"), key("SET NULL"), key("CASCADE", "initially deferred")];
  const made = [constraint("n", "n"), constraint("d", "c", "initially deferred"), constraint("c", "c")];
  expect(paired(keys, made)).toEqual(["c", "n", "d"]);
});

it("of two equal keys the second is missed where only one is there", () => {
  expect(paired([key("CASCADE"), key("CASCADE")], [constraint("c", "c")])).toEqual(["c", undefined]);
});

it("one that does something else stands for a key only when no other key is more like it", () => {
  expect(paired([key("SET NULL"), key("CASCADE")], [constraint("c", "c")])).toEqual([undefined, "c"]);
  expect(paired([key("SET NULL")], [constraint("c", "c")])).toEqual(["c"]);
});
