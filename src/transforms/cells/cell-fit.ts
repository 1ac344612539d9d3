/** Does a cell fit its column's encoding as it is? */
import { isWritten } from "../../core/values/date-layout.ts";
import type { Encoding } from "../../core/values/encoding.ts";
import type { Cell } from "../../core/values/wire.ts";

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
