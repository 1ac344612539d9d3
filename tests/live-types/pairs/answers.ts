/** Answers that the tests give to what the plan asks, and what a value must be then: worked out a third time, here. */
import type { Hazard } from "../../../src/index.ts";
import type { PairType } from "./kinds.ts";
import { instantOf, momentOf } from "./moment.ts";
import { sameNumber } from "./same.ts";
import { type Cell, type Stored, textOf } from "./stored.ts";

export type Answer = { readonly policy: string } | { readonly as: Readonly<Record<string, string>> };

/** Every answer that the question allows; `lone`: no other column's values stand in the rows. */
export function answersTo(hazard: Hazard, { as, name }: PairType, lone: boolean): Answer[] {
  const policies = (hazard.offered ?? [])
    .filter((policy) => policy !== "quarantine" || lone)
    .map((policy): Answer => ({ policy }));
  if (hazard.answer?.under !== "interpret") return policies;
  const line = hazard.answer.lines.join(" ");
  const key = /, (\w+): \w+ \}/.exec(line)?.[1] ?? "";
  const values: Readonly<Record<string, readonly string[]>> = {
    epoch: ["s", "ms", "us", "ns", "ticks"],
    zone: as === "timestamp" ? ["utc", "wall"] : ["UTC", "Europe/Berlin", "America/New_York"],
    interval: ["s", "ms", "us", "ticks"],
    uuid: ["rfc", "dotnet"],
    bytes: name === "bytea" ? ["utf8", "hex", "base64"] : ["utf8"],
    arrays: ["json"],
  };
  return [...policies, ...(values[key] ?? []).map((value): Answer => ({ as: { [key]: value } }))];
}

/** Half of a unit at most from what was; digits that are cut never round up. */
export function isNarrowed(type: PairType, { value }: Cell, policy: string, written: string): boolean {
  const text = textOf(value);
  switch (type.as) {
    case "integer":
    case "numeric": {
      const scale = type.as === "integer" ? 0 : (type.size ?? 0);
      const own = scaled(text ?? numberText(value), 400);
      const theirs = scaled(written, 400);
      const unit = 10n ** BigInt(400 - scale);
      if (own === null || theirs === null || theirs % unit !== 0n) return false;
      const [size, kept] = [own < 0n ? -own : own, theirs < 0n ? -theirs : theirs];
      if (policy === "truncate") return kept <= size && size - kept < unit && (kept === 0n || own < 0n === theirs < 0n);
      return kept > size ? (kept - size) * 2n <= unit : (size - kept) * 2n < unit;
    }
    case "float4":
      return Object.is(Math.fround(Number(written)), Math.fround(Number(text ?? numberText(value))));
    case "float8":
      return Object.is(Number(written), Number(text ?? numberText(value)));
    case "date":
      return text !== null && written === text.slice(0, 10);
    case "time":
    case "timestamp":
    case "timestamptz": {
      const prefix = type.as === "time" ? "2000-01-01 " : "";
      const [own, theirs] = [text === null ? null : momentOf(prefix + text), momentOf(prefix + written)];
      if (own === null || theirs === null) return false;
      const unit = 10n ** BigInt(9 - (type.size ?? 6));
      const [a, b] = type.as === "timestamptz" ? [instantOf(own), instantOf(theirs)] : [own.nanos, theirs.nanos];
      if (b % unit !== 0n) return false;
      return policy === "truncate" ? b <= a && a - b < unit : b > a ? (b - a) * 2n <= unit : (a - b) * 2n < unit;
    }
    default: {
      const cut = [...(text ?? (value.storage === "blob" ? value.bytes.toString("utf8") : ""))]
        .slice(0, type.size)
        .join("");
      return (
        policy === "truncate" && (type.as === "char" ? written.trimEnd() === cut.replace(/ +$/, "") : written === cut)
      );
    }
  }
}

function numberText(stored: Stored): string {
  return "value" in stored ? String(stored.value) : "";
}

/** As a whole number of 10^−places; null where digits lie beyond, or it is no number. */
export function scaled(text: string, places: number): bigint | null {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined) return null;
  const power = places - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const size =
    power >= 0
      ? digits * 10n ** BigInt(power)
      : digits % 10n ** BigInt(-power) === 0n
        ? digits / 10n ** BigInt(-power)
        : null;
  return size === null ? null : sign === "-" ? -size : size;
}

/** A text that was mended before it went in; null where the policy is not for this value. */
export function repaired(policy: string, { value, cast }: Cell): string | null {
  if (policy === "reinterpret") {
    if (value.storage === "text") return `\\x${value.bytes.toString("hex")}`;
    return value.storage === "blob" ? value.bytes.toString("utf8") : cast;
  }
  if (value.storage !== "text") return null;
  const decoded = value.bytes.toString("utf8");
  const withoutNul = (text: string): string => text.replaceAll("\0", "\ufffd");
  switch (policy) {
    case "strip":
      return decoded.replaceAll("\0", "");
    case "escape":
      return decoded.replaceAll("\0", "␀");
    case "replace":
      return withoutNul(decoded);
    case "latin1":
      return withoutNul(value.bytes.toString("latin1"));
    case "windows-1252":
      return withoutNul(windows1252(value.bytes));
    default:
      return null;
  }
}

/** Node 20 decodes it as latin1. Bytes without a character keep their number. */
function windows1252(bytes: Buffer): string {
  const high = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
  return [...bytes.toString("latin1")]
    .map((c) => (c >= "\x80" && c <= "\x9f" ? high[c.charCodeAt(0) - 0x80] : c))
    .join("");
}

/** Is it what an interpretation makes of the value? `read`: what PostgreSQL makes of a text assigned to the type. */
export function isInterpreted(
  type: PairType,
  { value }: Cell,
  as: Readonly<Record<string, string>>,
  written: string,
): boolean {
  const text = textOf(value);
  if (as.epoch !== undefined && "value" in value) return isEpoch(type, numberText(value), as.epoch, written);
  if (as.interval !== undefined && "value" in value) {
    const places = { s: 6, ms: 3, us: 0, ticks: -1 }[as.interval] ?? 0;
    const micros = scaled(numberText(value), places);
    return micros !== null && intervalMicros(written) === micros;
  }
  if (as.uuid !== undefined && value.storage === "blob") {
    const order = as.uuid === "rfc" ? [...value.bytes.keys()] : [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    return written.replaceAll("-", "") === Buffer.from(order.map((i) => value.bytes[i] ?? 0)).toString("hex");
  }
  if (as.bytes !== undefined && value.storage === "blob")
    return written.trimEnd() === value.bytes.toString("utf8").trimEnd();
  if (as.bytes === "utf8" && value.storage === "text") return written === `\\x${value.bytes.toString("hex")}`;
  if (as.bytes !== undefined && text !== null)
    return (
      written ===
      `\\x${(as.bytes === "hex" ? Buffer.from(text, "hex") : as.bytes === "base64" ? Buffer.from(text, "base64") : Buffer.from(text)).toString("hex")}`
    );
  if (as.zone !== undefined && text !== null) return isZoned(type, text, as.zone, written);
  if (as.arrays !== undefined && text !== null) return isArray(text, written);
  return false;
}

function isEpoch({ as }: PairType, number: string, unit: string, written: string): boolean {
  const nanos = scaled(number, { s: 9, ms: 6, us: 3, ns: 0, ticks: 2 }[unit] ?? 0);
  const moment = momentOf(written);
  const from = unit === "ticks" ? BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1_000_000n : 0n;
  return (
    nanos !== null &&
    moment !== null &&
    (as === "date") === (moment.precision === "day") &&
    instantOf(moment) === nanos + from
  );
}

function intervalMicros(written: string): bigint | null {
  const [, sign, hours = "", minutes = "", seconds = "", fraction = ""] =
    /^(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(written) ?? [];
  if (sign === undefined) return null;
  const size =
    ((BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return sign === "-" ? -size : size;
}

function isZoned({ as }: PairType, text: string, zone: string, written: string): boolean {
  const [own, theirs] = [momentOf(text), momentOf(written)];
  if (own === null || theirs === null) return false;
  if (as === "timestamp") return theirs.nanos === (zone === "utc" ? instantOf(own) : own.nanos);
  if (own.offset !== null || zone === "UTC") return instantOf(own) === instantOf(theirs);
  // The zone's own clock must have shown it.
  const shown = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    })
      .formatToParts(Number(floored(instantOf(theirs), 1_000_000n)))
      .map(({ type, value }) => [type, value]),
  );
  const clock = momentOf(
    `${shown.year?.padStart(4, "0")}-${shown.month}-${shown.day} ${shown.hour}:${shown.minute}:${shown.second}`,
  );
  return (
    clock !== null &&
    clock.nanos === floored(own.nanos, 1_000_000_000n) * 1_000_000_000n &&
    (own.nanos - theirs.nanos) % 1_000_000_000n === 0n
  );
}

function floored(value: bigint, unit: bigint): bigint {
  return value / unit - (value % unit < 0n ? 1n : 0n);
}

function isArray(text: string, written: string): boolean {
  const items = JSON.parse(text) as unknown[];
  const own = written.slice(1, -1).split(",");
  return items.length === 0
    ? written === "{}"
    : own.every((item, i) => {
        const value = items[i];
        if (value === null) return item === "NULL";
        return (
          item === value || item === `"${value}"` || (typeof value === "number" && sameNumber(item, String(value)))
        );
      });
}
