/** Every step of finish left what it names: asked of pg_catalog, not of the checkpoints. */
import type { FinishStep } from "../../../core/plan/plan.ts";
import type { CheckedTable } from "./checked-table.ts";
import type { TargetTable } from "./target-objects.ts";

export async function checkFinishSteps({ table, actual, expectations }: CheckedTable): Promise<void> {
  for (const step of table.finish) {
    await expectations.expect({
      table: table.source,
      what: `The planned ${step.kind} ${step.name}`,
      holds: isThere(step, actual),
    });
  }
}

function isThere(step: FinishStep, { constraints, indexes }: TargetTable): boolean {
  const constraint = (kind: string) => constraints.some((c) => c.kind === kind && c.name === step.name);
  switch (step.kind) {
    case "primary key":
      return constraint("p");
    case "unique":
      return indexes.some((index) => index.name === step.name && index.unique && index.valid);
    case "index":
      return indexes.some((index) => index.name === step.name && index.valid);
    case "foreign key":
      return constraint("f");
    case "check":
      return constraint("c");
    case "default":
    case "full text":
      // What it makes is proven by searching.
      return true;
    case "identity":
    case "not null":
      // Properties of a column, without a name everywhere: columns.ts looks at them.
      return true;
  }
}
