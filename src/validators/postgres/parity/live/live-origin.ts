/** What a stored value is by the source's own type, where that is more than its storage class: a second reading of `LiveOrigin`. */
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { decimalText } from "../values/number-text.ts";
import { exactOf, exactText, fourByteText } from "./live-numbers.ts";
import type { StoredValue } from "./outcome.ts";

export function meantValue({ from, type }: LiveReading, value: StoredValue): StoredValue {
  switch (from) {
    case "boolean":
      if (/^(integer|numeric|float|boolean|bytea)$/.test(type.kind)) return value;
      return value.number === 1n ? textValue("true") : value.number === 0n ? textValue("false") : value;
    case "real": {
      const wide = type.kind === "float" && type.size === 8 && value.text !== null ? fourBytes(value.text) : null;
      return wide === null ? value : textValue(decimalText(wide));
    }
    case "boolean[]":
      return isOtherList(type, from) && value.text !== null
        ? textValue(value.text.replace(/(?<=[{,])[tf](?=[,}])/g, (letter) => (letter === "t" ? "true" : "false")))
        : value;
    case "real[]":
      if (type.base !== "double precision[]" || value.text === null) return value;
      return textValue(value.text.replace(/(?<=[{,])[^{},A-Z]+(?=[,}])/g, (item) => listItem(item)));
    default:
      return value;
  }
}

function isOtherList({ base, kind }: LiveReading["type"], from: string): boolean {
  return kind === "asked" && base.endsWith("[]") && base !== from;
}

function listItem(item: string): string {
  const wide = fourBytes(item);
  if (wide === null) return item;
  const size = Math.abs(wide);
  if (size === 0 || (size >= 1e-4 && size < 1e15)) return decimalText(wide).replace(/\.0$/, "");
  return wide.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/** The number behind the shortest digits of a real; null where they are no such digits. */
function fourBytes(text: string): number | null {
  const exact = exactOf(text);
  const number = Math.fround(Number(text));
  if (exact === null || !Number.isFinite(number)) return null;
  const shortest = exactOf(fourByteText(number));
  return shortest !== null && exactText(shortest) === exactText(exact) ? number : null;
}

function textValue(text: string): StoredValue {
  return { storage: "text", text, bytes: Buffer.from(text, "utf8"), number: null, cast: "" };
}
