/** A stored value that fits its live column as it is, as a text that the type reads, whatever the pipeline file reads it as. */
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { timestampText } from "../values/instants.ts";
import { day } from "./live-moments.ts";
import { meantValue } from "./live-origin.ts";
import { liveValue } from "./live-value.ts";
import type { StoredValue } from "./outcome.ts";

export function liveText(reading: LiveReading, value: StoredValue): string {
  const meant = meantValue(reading, value);
  const own = meant.text ?? meant.bytes.toString("utf8");
  const found = liveValue(reading, value);
  if (!found.fits) return own;
  const { kind, base } = reading.type;
  switch (kind) {
    case "date":
    case "timestamp":
    case "timestamptz":
      return momentText(kind, found.canonical) ?? own;
    case "uuid":
      return found.canonical.slice(found.canonical.indexOf(":") + 1);
    case "bytea":
      return `\\x${bytesOf(reading, value).toString("hex")}`;
    default:
      return base === "interval" && value.storage !== "text"
        ? found.canonical.slice(found.canonical.indexOf(":") + 1)
        : own;
  }
}

/** Null for infinity, which is written as it is. */
function momentText(kind: "date" | "timestamp" | "timestamptz", canonical: string): string | null {
  const [, number] = /^i(-?\d+);$/.exec(canonical) ?? [];
  if (number === undefined) return null;
  const text = timestampText(kind === "date" ? BigInt(number) * day : BigInt(number));
  if (text === null) return null;
  return kind === "date" ? text.slice(0, 10) : kind === "timestamptz" ? `${text}+00` : text;
}

function bytesOf({ as }: LiveReading, { storage, text, bytes }: StoredValue): Buffer {
  return storage === "text" && as.bytes !== "utf8" ? Buffer.from(text ?? "", as.bytes) : bytes;
}
