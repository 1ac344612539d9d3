/**
 * Names in the target. PostgreSQL silently cuts identifiers at 63 bytes, and
 * keeps tables, views, indexes and sequences in one namespace; here each name is
 * cut knowingly, with a hash that keeps it apart, and given once.
 */
import { createHash } from "node:crypto";

const maxBytes = 63;

export class Names {
  readonly #taken = new Set<string>();
  readonly #reserved: ReadonlySet<string>;

  /** `reserved`: names that objects of the source bear, which no derived name may take before them. */
  constructor(reserved: Iterable<string> = []) {
    this.#reserved = new Set(reserved);
  }

  /** The wanted name if it is free and fits, else one made from it. `own`: the name is the source's, not a derived one. */
  claim(wanted: string, own = false): string {
    const stem = wanted === "" ? "_" : wanted;
    let name = cut(stem);
    for (let n = 1; this.#taken.has(name) || (!own && this.#reserved.has(name)); n++) name = cut(`${stem}_${n}`);
    this.#taken.add(name);
    return name;
  }
}

/** PostgreSQL's own columns of every table. */
const systemColumns = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/** A column's name: only system columns and length can force another one. */
export function columnName(wanted: string, names: Names): string {
  return names.claim(systemColumns.has(wanted) ? `${wanted}_` : wanted);
}

function cut(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  let head = Buffer.from(name)
    .subarray(0, maxBytes - 9)
    .toString("utf8");
  // The last character may have been cut in two.
  while (head.endsWith("\ufffd")) head = head.slice(0, -1);
  return `${head}_${hash}`;
}
