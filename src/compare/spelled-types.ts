/** PostgreSQL's types that keep the value, not its spelling: they write it in a normal form. */
import {
  addressToken,
  instantToken,
  intervalToken,
  mac8Token,
  macToken,
  moneyToken,
  numberToken,
  pointsToken,
  rangesToken,
  timeToken,
  zonedTimeToken,
} from "./meanings.ts";
import type { Token } from "./tokens.ts";

/** What the meaning is called, and a cell's token under it; null for every other type. */
export function spelledMeaning(type: string): readonly [as: string, token: Token] | null {
  const name = type.toLowerCase().replace(/^pg_catalog\./, "");
  if (/^(inet|cidr)$/.test(name)) return ["network address", addressToken];
  if (name === "macaddr") return ["hardware address", macToken];
  if (name === "macaddr8") return ["hardware address", mac8Token];
  if (name === "money") return ["money", moneyToken];
  if (/^timetz\b|^time(\(\d\))? with time zone$/.test(name)) return ["time with its zone", zonedTimeToken];
  if (/^time(\(\d\))?( without time zone)?$/.test(name)) return ["time", timeToken];
  if (/^interval\b/.test(name)) return ["interval", intervalToken];
  if (/^(point|line|lseg|box|path|polygon|circle)$/.test(name)) return [name, pointsToken(name)];
  const [, of, multi] = /^(int4|int8|num|date|ts|tstz)(multi)?range$/.exec(name) ?? [];
  if (of === undefined) return null;
  const kind = of.startsWith("int") ? "whole" : of === "date" ? "day" : "other";
  return ["range", rangesToken(kind, of === "num" ? numberToken(false) : instantToken(null), multi !== undefined)];
}
