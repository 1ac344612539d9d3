/**
 * The head of a b-tree's page, and how much of a cell's payload is on it
 * (https://www.sqlite.org/fileformat2.html, section 1.6).
 */
import { PageError } from "./page-error.ts";

export type TreeKind = "table" | "index";

const flags = { 2: ["index", false], 5: ["table", false], 10: ["index", true], 13: ["table", true] } as const;

/** Where a page's parts are; offsets count from `base`, where the page begins in its buffer. */
export type TreePage = {
  readonly number: number;
  readonly bytes: Buffer;
  readonly base: number;
  readonly leaf: boolean;
  readonly cells: number;
  /** Of the array of cell pointers. */
  readonly pointers: number;
  /** The last child; 0 on a leaf. */
  readonly last: number;
};

/** Throws PageError for what is no page of such a tree. */
export function treePage(kind: TreeKind, number: number, bytes: Buffer, base: number, usable: number): TreePage {
  const head = base + (number === 1 ? 100 : 0);
  const [found, leaf] = flags[bytes[head] as keyof typeof flags] ?? [null, false];
  if (found !== kind) throw new PageError(number, `flag ${bytes[head]} in a b-tree of ${kind} cells`);
  const cells = bytes.readUInt16BE(head + 3);
  const pointers = head + (leaf ? 8 : 12);
  if (pointers + 2 * cells > base + usable) throw new PageError(number, `${cells} cells do not fit`);
  return { number, bytes, base, leaf, cells, pointers, last: leaf ? 0 : bytes.readUInt32BE(head + 8) };
}

/** Where a cell begins in the page's buffer. Throws PageError for a pointer that is not into the page's cells. */
export function cellAt({ number, bytes, base, pointers, cells }: TreePage, cell: number, usable: number): number {
  const at = bytes.readUInt16BE(pointers + 2 * cell);
  if (base + at < pointers + 2 * cells || at > usable - 4)
    throw new PageError(number, `cell ${cell} would begin at byte ${at}`);
  return base + at;
}

/** Bytes of a payload that are in its cell; the rest is on overflow pages. */
export function localBytes(kind: TreeKind, payload: number, usable: number): number {
  const most = kind === "table" ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (payload <= most) return payload;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const local = least + ((payload - least) % (usable - 4));
  return local <= most ? local : least;
}
