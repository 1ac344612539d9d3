/** A type as PostgreSQL's format_type writes it → what it can hold. */
import type { LiveKind, LiveType } from "../core/schema/live-type.ts";

/** `over`: of a domain the type it is over, else the type again; both under an empty search_path. */
export function parseType(written: string, over: string, domain: boolean): LiveType {
  const [, name = over, first, second, rest = ""] =
    /^(.*?)(?:\((-?\d+)(?:,(-?\d+))?\))?((?: with(?:out)? time zone)?)$/.exec(over) ?? [];
  const base = `${name}${rest}`;
  const size = first === undefined ? null : Number(first);
  const kind = kinds[base] ?? (/(^|\.)"?citext"?$/.test(base) ? "text" : "asked");
  return { written, domain, base, kind, ...limits(kind, base, size, second === undefined ? null : Number(second)) };
}

const kinds: Readonly<Record<string, LiveKind>> = {
  text: "text",
  "character varying": "text",
  character: "char",
  bpchar: "char",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  numeric: "numeric",
  real: "float",
  "double precision": "float",
  boolean: "boolean",
  date: "date",
  "time without time zone": "time",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz",
  uuid: "uuid",
  json: "json",
  jsonb: "jsonb",
  bytea: "bytea",
};

const bytes: Readonly<Record<string, number>> = { smallint: 2, integer: 4, bigint: 8, real: 4, "double precision": 8 };

function limits(
  kind: LiveKind,
  base: string,
  size: number | null,
  scale: number | null,
): Pick<LiveType, "size" | "scale"> {
  if (kind === "integer" || kind === "float") return { size: bytes[base] ?? 8, scale: null };
  if (kind === "numeric") return { size, scale: size === null ? null : (scale ?? 0) };
  return { size, scale: null };
}
