/** A cell of any class as the JSON of encoding `tagged`. */
import { decodeTagged, type Slot } from "../../../core/values/wire.ts";

export function taggedJson(slot: Slot): string {
  const cell = decodeTagged(slot);
  const v = cell.storage === "blob" ? cell.bytes.toString("hex") : cell.bytes.toString("utf8");
  return JSON.stringify({ t: cell.storage, v });
}
