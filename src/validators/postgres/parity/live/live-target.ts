/** A cell of a live column as canonical text, by SQL of PostgreSQL: the counterpart of live-value.ts. */
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { longCell } from "../values/canonical-limits.ts";

/** `c` is the quoted column. Never NULL. */
export function liveTarget({ type }: LiveReading, c: string): string {
  switch (type.kind) {
    case "integer":
      return orNull(`'i'||${c}||';'`);
    case "numeric":
      return orNull(`'d'||trim_scale(${c}::numeric)::text||';'`);
    case "float":
      return orNull(
        `CASE WHEN ${c}::float8 = 'NaN' THEN 'r7ff8000000000000' ELSE 'r'||encode(float8send(${c}::float8),'hex') END`,
      );
    case "boolean":
      return `CASE WHEN ${c} THEN 'y' WHEN NOT ${c} THEN 'f' ELSE 'n' END`;
    case "date":
      return finite(c, `'i'||(${c}::date - '1970-01-01'::date)||';'`);
    case "time":
      return orNull(`'i'||trunc(extract(epoch FROM ${c})*1000000)::bigint||';'`);
    case "timestamp":
    case "timestamptz":
      return finite(c, `'i'||trunc(extract(epoch FROM ${c})*1000000)::bigint||';'`);
    case "jsonb":
      return orNull(`'j'||encode(sha256(convert_to(${c}::text,'UTF8')),'hex')`);
    case "bytea":
      return orNull(`'b'||octet_length(${c})||':'||encode(sha256(${c}),'hex')`);
    case "char":
      // A cast leaves out the blanks that the type fills up with.
      return orNull(text(`${c}::text`));
    case "asked":
      // As the type's output function writes it, which a cast does not for every type.
      return `CASE WHEN ${c} IS NULL THEN 'n' ELSE ${text(`format('%s',${c})`)} END`;
    default:
      return orNull(text(`${c}::text`));
  }
}

function orNull(canonical: string): string {
  return `coalesce(${canonical},'n')`;
}

function finite(c: string, canonical: string): string {
  return `CASE WHEN ${c} IS NULL THEN 'n' WHEN isfinite(${c}) THEN ${canonical} ELSE ${text(`${c}::text`)} END`;
}

function text(value: string): string {
  return `CASE WHEN octet_length(${value}) <= ${longCell} THEN 't'||octet_length(${value})||':'||${value} ELSE 'T'||octet_length(${value})||':'||encode(sha256(convert_to(${value},'UTF8')),'hex') END`;
}
