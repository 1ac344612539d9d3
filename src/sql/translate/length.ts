/** `length()` of a column of several storage classes: of a number SQLite takes the length of its digits, of a BLOB its bytes. */
import { type Fragment, fragment, wrap } from "./fragment.ts";

/** Null where the value is of one class. */
export function lengthOfMixture(value: Fragment): Fragment | null {
  const kind = value.encoding?.kind;
  if (kind === "rendered") {
    const digits = wrap(value);
    // No text of such a column looks like a number.
    return made(`CASE WHEN ${digits} ~ '^-?[0-9]+[.e]' THEN ${ofReal(digits)} ELSE char_length(${digits}) END`);
  }
  if (kind !== "tagged") return null;
  const text = `(${wrap(value)}->>'v')`;
  return made(
    `CASE ${wrap(value)}->>'t' WHEN 'blob' THEN char_length(${text}) / 2 WHEN 'real' THEN ${ofReal(text)} ELSE char_length(${text}) END`,
  );
}

/**
 * SQLite writes 15 digits of a REAL, and these are all that it needs: then both write the same. Of others the length is
 * unknown, which violates no CHECK.
 */
function ofReal(digits: string): string {
  return `CASE WHEN ${digits} ~ '^-?[0-9]+[.][0-9]+$' AND ${digits} !~ '^-?0[.]0000' AND char_length(${digits}) <= 16 THEN char_length(${digits}) END`;
}

function made(sql: string): Fragment {
  return fragment(`(${sql})`, "integer", { atom: true, pgType: "integer" });
}
