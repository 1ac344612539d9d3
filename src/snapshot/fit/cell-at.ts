/** A slot of `liveSlot` as a cell. */
import type { Catalog } from "../../core/schema/catalog.ts";
import { type Cell, decodeTagged, type Slot } from "../../core/values/wire.ts";

/** In a UTF-16 database tagged cells come as text: see rows.ts. */
export function cellAt(slot: unknown, encoding: Catalog["encoding"]): Cell {
  const own = encoding !== "UTF-8" && typeof slot === "string" ? Buffer.from(slot, "latin1") : slot;
  return decodeTagged(own as Slot);
}
