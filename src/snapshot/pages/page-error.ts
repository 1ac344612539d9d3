/** A file that is not what the format says: named by page, so that it can be looked at with SQLite's own tools. */
import { RowhaulError } from "../../core/messages/errors.ts";

export class PageError extends RowhaulError {
  constructor(page: number, message: string) {
    super("SOURCE_CORRUPT", `page ${page}: ${message}`);
  }
}
