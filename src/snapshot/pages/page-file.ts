/**
 * A SQLite file as numbered pages (https://www.sqlite.org/fileformat2.html, sections 1.2 and 1.3). Only for files that
 * nobody writes: the journal and the write-ahead log are not looked at.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { PageError } from "./page-error.ts";

const magic = "SQLite format 3\0";
const headerBytes = 100;
/** Where SQLite locks a file's bytes: the page that holds this offset is never used. */
const lockByte = 0x40000000;

export type PageFile = {
  /** In bytes. */
  readonly pageSize: number;
  /** Bytes of a page without those reserved for extensions. */
  readonly usable: number;
  readonly pageCount: number;
  readonly utf8: boolean;
  /** Reads `count` pages from `first` on to the start of `into`. Throws PageError for pages that the file does not have. */
  read(first: number, count: number, into: Buffer): void;
  close(): void;
};

/** Throws PageError for a file without a header that the format allows. The caller closes it. */
export function openPageFile(path: string): PageFile {
  const fd = openSync(path, "r");
  try {
    return pageFile(fd);
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

/** Null where the file's header is not as the format says: SQLite is to judge it. */
export async function withPages<T>(path: string, work: (pages: PageFile | null) => Promise<T>): Promise<T> {
  let pages: PageFile | null = null;
  try {
    pages = openPageFile(path);
  } catch (thrown) {
    if (!(thrown instanceof PageError)) throw thrown;
  }
  try {
    return await work(pages);
  } finally {
    pages?.close();
  }
}

function pageFile(fd: number): PageFile {
  const head = Buffer.alloc(headerBytes);
  if (readSync(fd, head, 0, headerBytes, 0) < headerBytes || head.toString("latin1", 0, 16) !== magic)
    throw new PageError(1, "no header of a SQLite file");
  const stored = head.readUInt16BE(16);
  const pageSize = stored === 1 ? 65536 : stored;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw new PageError(1, `a page size of ${stored}`);
  const usable = pageSize - head.readUInt8(20);
  if (usable < 480) throw new PageError(1, `${usable} usable bytes in a page`);
  const format = head.readUInt32BE(44);
  if (format < 1 || format > 4) throw new PageError(1, `schema format ${format}`);
  const whole = Math.floor(fstatSync(fd).size / pageSize);
  const noted = head.readUInt32BE(28);
  // The count in the header is valid only where the version that wrote it changed the file last.
  const valid = noted > 0 && head.readUInt32BE(24) === head.readUInt32BE(92);
  if (valid && noted > whole) throw new PageError(noted, `beyond the file, which ends with page ${whole}`);
  const pageCount = valid ? noted : whole;
  const lockPage = Math.floor(lockByte / pageSize) + 1;
  return {
    pageSize,
    usable,
    pageCount,
    utf8: head.readUInt32BE(56) === 1,
    read(first, count, into) {
      if (first < 1 || first + count - 1 > pageCount) throw new PageError(first, `the file has ${pageCount} pages`);
      if (count === 1 && first === lockPage) throw new PageError(first, "reserved for locks");
      const bytes = count * pageSize;
      const read = readSync(fd, into, 0, bytes, (first - 1) * pageSize);
      if (read < bytes) throw new PageError(first, `the file ends after ${read} bytes of it`);
    },
    close: () => closeSync(fd),
  };
}
