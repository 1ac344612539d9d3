import { defineTransform } from "../definition.ts";
import { compileCondition, condition } from "../values/condition.ts";

export const filter = defineTransform({
  name: "filter",
  summary:
    "Lets only rows through that meet a condition: column, op and value, joined by all, any and not. NULL meets none but `is null`. (`where` of the table is the same in SQL, before any step.)",
  example: 'filter: { all: [{ column: status, op: "=", value: open }, { not: { column: owner, op: is null } }] }',
  options: condition,
  undo: "cannot be undone: the other rows are left behind, in the snapshot",
  parity: "every cell of the rows that stay",
  compile(options, shape, context) {
    const holds = compileCondition(options, shape, context);
    return {
      on: "",
      outputs: [shape],
      rowForRow: false,
      start: () => (row, emit) => {
        if (holds(row)) emit(0, row.slice());
      },
    };
  },
});
