/** Does a cell fit its column's encoding as it is? */
import { isWritten } from "../../core/date-layout.ts";
import type { Encoding } from "../../core/encoding.ts";
import type { Cell } from "../../core/wire.ts";

export function fitsClass(encoding: Encoding, cell: Cell): boolean {
  switch (encoding.kind) {
    case "date":
    case "timestamp":
    case "timestamptz":
      return cell.storage === "text" && isWritten(cell.bytes.toString("utf8"), encoding.layout);
    case "epoch":
      return cell.storage === "integer" || cell.storage === "real";
    default:
      return true;
  }
}
