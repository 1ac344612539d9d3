/** The types that `cast` and the steps that read JSON can make. */
export const castTypes = [
  "integer",
  "bigint",
  "real",
  "numeric",
  "text",
  "boolean",
  "date",
  "timestamp",
  "timestamptz",
  "uuid",
  "jsonb",
] as const;
export type CastType = (typeof castTypes)[number];
