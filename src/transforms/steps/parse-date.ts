import { z } from "zod";
import type { Value } from "../../core/plan/transform.ts";
import { localToUtc } from "../../core/values/time-zone.ts";
import { changeCells, columnsAt } from "../columns.ts";
import { defineTransform, type StepContext } from "../definition.ts";
import { castColumn } from "../values/cast-value.ts";
import { columnName } from "../values/column-names.ts";
import { compileLayout, type DateParts } from "../values/date-pattern.ts";
import { type EpochUnit, epochMicroseconds, epochUnits, printMoment } from "../values/moment.ts";
import { refuse } from "../values/refuse.ts";

export const parseDate = defineTransform({
  name: "parse-date",
  summary:
    "Reads dates written in one layout: YYYY, MM or M or Mon or Month, DD or D, HH or H or HH12 with AM, MM after hours, SS, fff, Z for a zone; or `epoch seconds`, `epoch milliseconds`, `epoch microseconds`. Anything else is refused. NULL stays NULL.",
  example: "parse-date: { column: created, layout: DD.MM.YYYY HH:MM, to: timestamptz, zone: Europe/Berlin }",
  options: z.strictObject({
    column: columnName,
    layout: z.string().min(1),
    to: z.enum(["date", "timestamp", "timestamptz"]).optional(),
    zone: z.string().min(1).default("UTC"),
    otherwise: z.enum(["fail", "null"]).default("fail"),
  }),
  undo: "can be undone: the layout gives the text back, but for the zone it was written in",
  parity: "the same moments, to the microsecond",
  compile({ column, layout, to: asked, zone, otherwise }, shape, context) {
    const unit = epochUnits.find((candidate) => layout === `epoch ${candidate}`);
    const read = unit === undefined ? textReader(layout, zone, context) : epochReader(unit);
    const hasTime = unit !== undefined || /H/.test(layout);
    const to = asked ?? (hasTime ? "timestamptz" : "date");
    return changeCells(
      shape,
      columnsAt(shape, column, context),
      () => castColumn[to],
      (value, name) => {
        if (value === null) return null;
        const moment = read(value, to);
        const text = typeof moment === "bigint" ? printMoment(moment, to) : null;
        if (text !== null) return text;
        if (otherwise === "null") return null;
        const reason =
          typeof moment === "string"
            ? moment
            : typeof moment === "bigint"
              ? `it is no ${to}, or not in the years 1 to 9999`
              : `it is not written as ${layout}`;
        return refuse(name, value, reason);
      },
    );
  },
});

/** Microseconds since 1970 (of the local clock for types without a zone), null when the layout is another, or why not. */
type Read = (value: Exclude<Value, null>, to: "date" | "timestamp" | "timestamptz") => bigint | string | null;

function epochReader(unit: EpochUnit): Read {
  return (value) => epochMicroseconds(value, unit);
}

function textReader(layout: string, zone: string, context: StepContext): Read {
  const parse = compileLayout(layout, (message) => context.problem(message));
  const inZone = localToUtc(zone);
  if (inZone === null) context.problem(`the zone ${zone} is not known; as in UTC, +02:00 or Europe/Berlin`);
  return (value, to) => {
    const parts: DateParts | null = typeof value === "string" ? parse(value) : null;
    if (parts === null) return null;
    if (to !== "timestamptz")
      return parts.offset === null ? parts.local : "it has a zone; only timestamptz keeps the moment";
    if (parts.offset !== null) return parts.local - BigInt(parts.offset) * 60_000_000n;
    return inZone?.(parts.local) ?? `the clocks of ${zone} showed this time never or twice`;
  };
}
