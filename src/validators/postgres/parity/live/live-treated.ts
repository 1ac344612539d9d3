/** What an accepted policy makes of a value of a live column, computed a second time: as a text that the type reads. */

import type { CellAction } from "../../../../core/plan/plan.ts";
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { timestampText } from "../values/instants.ts";
import { day, nanosOf, readWritten, type Written } from "./live-moments.ts";
import { digits, type Exact, exactOf, exactText, shortest } from "./live-numbers.ts";
import { answerTo } from "./live-value.ts";
import type { StoredValue } from "./outcome.ts";

/** Undefined where the policy cannot treat the value. */
export function treatedText(reading: LiveReading, value: StoredValue, action: CellAction): string | undefined {
  const { type } = reading;
  switch (action) {
    case "respell":
      return respelled(reading, value);
    case "reinterpret":
      return reinterpreted(reading, value);
    case "utc":
    case "wall": {
      const written = value.text === null ? null : readWritten(value.text);
      if (written === null) return undefined;
      return timestampText(action === "wall" ? written.wall : written.wall - (written.east ?? 0n)) ?? undefined;
    }
    case "round":
    case "truncate":
      if (type.kind === "integer" || type.kind === "numeric")
        return cutNumber(value, type.scale ?? 0, action === "round");
      if (type.kind === "float") return floatDigits(Number(digits(value)), type.size === 4);
      if (type.kind === "text" || type.kind === "char")
        return value.number === null ? cutText(reading, value.text ?? value.bytes.toString("utf8")) : undefined;
      return cutMoment(reading, value, action === "round");
    default:
      return undefined;
  }
}

function respelled(reading: LiveReading, value: StoredValue): string | undefined {
  const { type, as } = reading;
  const text = value.text ?? digits(value);
  if (type.kind === "asked") return answerTo(reading, value) ?? undefined;
  if (type.kind === "boolean") return /^(t|true|yes|y|on|1)$/i.test(text.replace(/\.0$/, "")) ? "t" : "f";
  const written = readWritten(text);
  if (written === null) return type.kind === "time" ? text : undefined;
  const wall = timestampText(written.wall) ?? undefined;
  if (type.kind !== "timestamptz") return wall;
  return written.east === null ? `${wall} ${as.zone ?? "UTC"}` : `${timestampText(written.wall - written.east)}+00`;
}

function reinterpreted({ type, json }: LiveReading, value: StoredValue): string | undefined {
  if (type.kind === "bytea")
    return value.storage === "text" && !value.wide ? `\\x${value.bytes.toString("hex")}` : undefined;
  switch (value.storage) {
    case "blob":
      return value.bytes.toString("utf8");
    case "integer":
      return String(value.number);
    case "real":
      return value.cast;
    case "text":
      return json && value.text !== null ? insideQuotes(value.text) : (value.text ?? undefined);
  }
}

function insideQuotes(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Half away from zero. */
function cutNumber(value: StoredValue, scale: number, round: boolean): string | undefined {
  const exact = exactOf(digits(value));
  return exact === null ? undefined : exactText(cut(exact, scale, round));
}

function cut({ units, places }: Exact, scale: number, round: boolean): Exact {
  if (places <= scale) return { units, places };
  const size = 10n ** BigInt(places - scale);
  const [whole, rest] = [units / size, units % size];
  const away = round && (rest < 0n ? -rest : rest) * 2n >= size ? (units < 0n ? -1n : 1n) : 0n;
  return shortest({ units: whole + away, places: scale });
}

function floatDigits(value: number, four: boolean): string {
  const kept = four ? Math.fround(value) : value;
  return Object.is(kept, -0) ? "-0" : String(kept);
}

function cutText({ type }: LiveReading, text: string): string {
  const characters = Array.from(text)
    .slice(0, type.size ?? undefined)
    .join("");
  return type.kind === "char" ? characters.replace(/ *$/, "") : characters;
}

function cutMoment(reading: LiveReading, value: StoredValue, round: boolean): string | undefined {
  const { kind, size } = reading.type;
  if (value.storage !== "text") return cutEpoch(reading, value, round);
  const written = readWritten(kind === "time" ? `1970-01-01 ${value.text}` : (value.text ?? ""));
  if (written === null) return undefined;
  if (kind === "date") return timestampText(written.wall - (((written.wall % day) + day) % day))?.slice(0, 10);
  const wall = timestampText(cutFraction(written, size ?? 6, round));
  if (wall === null) return undefined;
  if (kind === "time") return wall.slice(11);
  if (kind === "timestamp") return wall;
  if (written.east === null) return `${wall} ${reading.as.zone ?? "UTC"}`;
  return `${timestampText(cutFraction(written, size ?? 6, round) - written.east)}+00`;
}

function cutFraction({ wall, fraction }: Written, size: number, round: boolean): bigint {
  const second = wall - (((wall % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const kept = cut({ units: BigInt(`0${fraction}`), places: fraction.length }, size, round);
  return second + kept.units * 10n ** BigInt(6 - kept.places);
}

function cutEpoch({ type, as }: LiveReading, value: StoredValue, round: boolean): string | undefined {
  const places = { s: 9, ms: 6, us: 3, ns: 0, ticks: 2 };
  const exact = as.epoch === undefined ? null : exactOf(digits(value));
  if (exact === null || as.epoch === undefined) return undefined;
  const nanos = nanosOf(as.epoch, exactText(cut(exact, places[as.epoch], round)));
  if (nanos === null) return undefined;
  const unit = type.kind === "date" ? day * 1000n : 10n ** BigInt(9 - (type.size ?? 6));
  const rest = ((nanos % unit) + unit) % unit;
  const up = round && type.kind !== "date" && rest * 2n >= unit ? unit : 0n;
  const text = timestampText((nanos - rest + up) / 1000n) ?? undefined;
  return type.kind === "date" ? text?.slice(0, 10) : type.kind === "timestamptz" ? `${text}+00` : text;
}
