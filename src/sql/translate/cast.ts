/** CAST, where SQLite's lenient conversions have an equal. */
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Affinity } from "../../core/schema/catalog.ts";
import { asNumber, asReal, asText, asValue } from "./convert.ts";
import { cast, type Fragment, invoke } from "./fragment.ts";
import { refuse } from "./translation.ts";

export function castTo(operand: Fragment, type: string): Fragment {
  const affinity = affinityOf(type);
  const value = asValue(operand);
  const { collation, collated } = value;
  return { ...converted(value, affinity), affinity, encoding: null, collation, collated };
}

function converted(value: Fragment, affinity: Affinity): Fragment {
  if (affinity === "TEXT") return asText(value);
  if (affinity === "BLOB") {
    if (value.type === "blob") return value;
    if (value.type === "text") return invoke("convert_to", [value.sql, "'UTF8'"], "blob");
    return refuse(`CAST of a value of type ${value.type} to BLOB`);
  }
  if (value.type === "text") {
    const digits = value.looks === "digits" || (value.literal !== null && /^[+-]?\d{1,18}$/.test(value.literal));
    if (!digits) return refuse("CAST of a text to a number");
    const number = { ...cast(value, "bigint", "integer"), looks: null };
    return affinity === "REAL" ? asReal(number) : number;
  }
  const number = asNumber(value, `CAST to ${affinity}`);
  if (affinity === "REAL") return { ...asReal(number), type: "real" };
  if (number.type === "integer" || number.type === "null")
    return number.type === "null" ? cast(number, "bigint", "integer") : number;
  if (affinity === "INTEGER") return cast(invoke("trunc", [number.sql], number.type), "bigint", "integer");
  return number.type === "numeric" ? number : refuse("CAST of a REAL to NUMERIC");
}
