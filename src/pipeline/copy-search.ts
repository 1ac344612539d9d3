/** Full-text indexes copied in a thread, as the phases' port. */
import type { CopySearch } from "../core/ports.ts";
import { copyIndexes } from "../search/copy/copy-indexes.ts";

export const copySearch: CopySearch = async ({ tables, copied, ...request }) => {
  const indexes = tables.map(({ source, fullText }) => ({
    name: source,
    columns: (fullText?.columns ?? []).map((column) => ({ name: column.source, indexed: column.indexed })),
  }));
  await copyIndexes({ ...request, scratch: copied, indexes });
};
