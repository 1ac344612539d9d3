/** A file that is not what the format says, or of which its pages do not say it all; named by page, to be looked at with SQLite's own tools. */
import { RowhaulError } from "../../core/messages/errors.ts";

export class PageError extends RowhaulError {
  constructor(page: number | null, message: string) {
    super("SOURCE_CORRUPT", page === null ? message : `page ${page}: ${message}`);
  }
}
