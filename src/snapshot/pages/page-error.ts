/** A file that is not what the format says: named by page, so that it can be looked at with SQLite's own tools. */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly page: number;

  constructor(page: number, message: string) {
    super(`page ${page}: ${message}`);
    this.page = page;
  }
}
