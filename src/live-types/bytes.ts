/** bytea and uuid: where bytes and texts stand for each other, the pipeline file must say how. */
import type { LiveReading } from "../core/schema/live-type.ts";
import type { Cell } from "../core/values/wire.ts";
import type { Read } from "./read.ts";

export function readBytes({ as }: LiveReading, cell: Cell): Read {
  if (cell.storage === "blob") return { ok: true, text: hexText(cell.bytes) };
  if (cell.storage !== "text") return { ok: false, problem: "class" };
  if (as.bytes === undefined) return { ok: false, problem: "bytes", text: hexText(cell.bytes) };
  // Its bytes as they are, be they text or not.
  if (as.bytes === "utf8")
    return cell.lost ? { ok: false, problem: "unreadable" } : { ok: true, text: hexText(cell.bytes) };
  if (!cell.valid) return { ok: false, problem: "unreadable" };
  const text = cell.bytes.toString("utf8");
  const decoded = Buffer.from(text, as.bytes);
  // Both decoders stop silently where the text is no such thing.
  const again = decoded.toString(as.bytes);
  const same = as.bytes === "hex" ? again === text.toLowerCase() : again === text;
  return same ? { ok: true, text: hexText(decoded) } : { ok: false, problem: "unreadable" };
}

function hexText(bytes: Buffer): string {
  return `\\x${bytes.toString("hex")}`;
}

/** As uuid_in has it: a dash may follow each group of four digits. */
const spelled = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i;

export function readUuid({ as }: LiveReading, cell: Cell): Read {
  if (cell.storage === "blob") {
    if (cell.bytes.length !== 16) return { ok: false, problem: "class" };
    if (as.uuid === undefined) return { ok: false, problem: "bytes" };
    return { ok: true, text: uuidText(as.uuid === "rfc" ? cell.bytes : fromDotnet(cell.bytes)) };
  }
  if (cell.storage !== "text") return { ok: false, problem: "unreadable" };
  const text = cell.bytes.toString("utf8");
  if (text === "") return { ok: false, problem: "empty" };
  const bare = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  if (!spelled.test(bare)) return { ok: false, problem: "unreadable" };
  const same = uuidText(Buffer.from(bare.replaceAll("-", ""), "hex"));
  return same === text ? { ok: true, text } : { ok: true, text: same, respelled: true };
}

function uuidText(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Guid.ToByteArray() has the first three groups little end first. */
function fromDotnet(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((from) => bytes[from] ?? 0));
}
