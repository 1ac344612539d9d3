/**
 * Pages that follow each other, read at once: a table's leaves mostly do, and a system call a page would cost more than
 * what is done with it.
 */
import type { PageFile } from "./page-file.ts";

/** Between two pages that are wanted, so many others may be read along. */
const widestGap = 16;

export class PageRun {
  readonly #file: PageFile;
  readonly #most: number;
  #bytes: Buffer;
  #first = 0;
  #count = 0;

  /** `bytes`: of a run, at most; one page at least. */
  constructor(file: PageFile, bytes: number) {
    this.#file = file;
    this.#most = Math.max(1, Math.floor(bytes / file.pageSize));
    this.#bytes = Buffer.alloc(0);
  }

  /** The pages that are held; it is another after `find`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  holds(number: number): boolean {
    return number >= this.#first && number < this.#first + this.#count;
  }

  /** Where the page begins in `bytes`. `followers`: pages that will be asked for next. Throws PageError. */
  find(number: number, followers: readonly number[]): number {
    if (!this.holds(number)) this.#read(number, followers);
    return (number - this.#first) * this.#file.pageSize;
  }

  #read(number: number, followers: readonly number[]): void {
    const { pageSize, pageCount } = this.#file;
    let last = number;
    for (const next of followers) {
      if (next <= last || next - last > widestGap || next - number >= this.#most || next > pageCount) break;
      last = next;
    }
    const count = last - number + 1;
    if (this.#bytes.length < count * pageSize) this.#bytes = Buffer.allocUnsafeSlow(count * pageSize);
    this.#count = 0;
    this.#file.read(number, count, this.#bytes);
    this.#first = number;
    this.#count = count;
  }
}
