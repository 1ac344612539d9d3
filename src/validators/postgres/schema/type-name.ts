/** A type as written in DDL, the way PostgreSQL's format_type writes it. */
const aliases: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  varchar: "character varying",
  char: "character",
  bpchar: "character",
  decimal: "numeric",
  varbit: "bit varying",
};

const zones: Readonly<Record<string, readonly [string, string]>> = {
  timestamptz: ["timestamp", " with time zone"],
  timetz: ["time", " with time zone"],
  timestamp: ["timestamp", " without time zone"],
  time: ["time", " without time zone"],
};

export function typeName(written: string): string {
  const match = /^([a-z0-9_ ]+?)\s*(\([\d\s,-]+\))?\s*((?: with(?:out)? time zone)?)((?:\[\])*)$/.exec(
    written.trim().toLowerCase(),
  );
  if (!match) return written;
  const [, base = "", modifier = "", zone = "", array = ""] = match;
  const size = modifier.replaceAll(/\s/g, "");
  const [clock, ending] = zones[base] ?? [];
  if (clock !== undefined && ending !== undefined) return `${clock}${size}${zone === "" ? ending : zone}${array}`;
  return `${aliases[base] ?? base}${size}${zone}${array}`;
}
