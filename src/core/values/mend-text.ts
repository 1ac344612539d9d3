/** Repairs, by accepted policies, of a text that PostgreSQL's text cannot hold: one with U+0000, or not valid. */
import { decodeWindows1252 } from "./windows-1252.ts";

export const nulRepairs = ["strip", "escape"] as const;
export const invalidRepairs = ["replace", "windows-1252", "latin1"] as const;
export type Repair = (typeof nulRepairs)[number] | (typeof invalidRepairs)[number];

export function repairText(how: Repair, bytes: Buffer): string {
  switch (how) {
    case "strip":
      return bytes.toString("utf8").replaceAll("\0", "");
    case "escape":
      return bytes.toString("utf8").replaceAll("\0", "\u2400");
    case "replace":
      return withoutNul(bytes.toString("utf8"));
    case "windows-1252":
      return withoutNul(decodeWindows1252(bytes));
    case "latin1":
      return withoutNul(bytes.toString("latin1"));
  }
}

/** An invalid text may also hold NULs, which PostgreSQL cannot store either. */
function withoutNul(value: string): string {
  return value.replaceAll("\0", "\ufffd");
}
