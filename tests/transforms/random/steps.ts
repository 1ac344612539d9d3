/** Each transform: random options for the columns there are, and its meaning, written plainly. */
import type { Value } from "../../../src/core/plan/transform.ts";
import { type Chance, texts } from "./chance.ts";
import {
  castTo,
  duplicateKeys,
  hmac,
  type Json,
  jsonCell,
  keyOf,
  listLiteral,
  listOf,
  parseJson,
  Refused,
  realText,
  refuse,
  scalarCell,
  textOf,
} from "./plain.ts";

export type Row = Map<string, Value>;
export type Seen = Set<string>;
/** `pg`: its values are texts of that type. `key`: part of the source's key, not touched so far. */
export type Column = { readonly name: string; readonly pg?: string; readonly key?: boolean };

export type StepModel = {
  readonly step: Record<string, unknown>;
  readonly columns: Column[];
  /** Child tables and their columns. */
  readonly makes?: readonly [string, readonly string[]][];
  readonly order?: "first" | "last";
  /** The row's own table from here on. */
  readonly into?: string;
  readonly last?: boolean;
  apply(row: Row, around: { emit(table: string, row: Row): void; isFirst(key: string): boolean }): Row | null;
};

export type Around = {
  readonly chance: Chance;
  readonly columns: readonly Column[];
  readonly side: readonly Value[][];
  readonly hasKey: boolean;
  readonly order: "first" | "last" | null;
  newName(): string;
};

/** Null when the columns at hand allow none. */
type Make = (around: Around) => StepModel | null;

const castTypes = [
  "integer",
  "bigint",
  "real",
  "numeric",
  "text",
  "boolean",
  "date",
  "timestamp",
  "timestamptz",
  "uuid",
  "jsonb",
];
const known = ["integer", "bigint", "numeric", "boolean", "date", "timestamp", "timestamptz", "uuid"];
const scalars = ["x", "", "1", " y", 5, 2.5, -0.5, true, false, null, "\u{1f600}"];

const changed = (name: string, pg?: string): Column => (pg === undefined ? { name } : { name, pg });
const typed = (name: string, type: string | undefined): Column =>
  changed(name, type !== undefined && known.includes(type) ? type : undefined);
const named = ({ name }: Column): string => name;

/** One or several columns, each changed by itself. */
function cells(
  columns: readonly Column[],
  at: readonly string[],
  become: (column: Column) => Column,
  change: (value: Value) => Value,
): Pick<StepModel, "columns" | "apply"> {
  return {
    columns: columns.map((column) => (at.includes(column.name) ? become(column) : column)),
    apply(row) {
      const copy = new Map(row);
      for (const name of at) copy.set(name, change(row.get(name) ?? null));
      return copy;
    },
  };
}

/** Another column at the end. */
function added(
  columns: readonly Column[],
  column: Column,
  value: (row: Row) => Value,
): Pick<StepModel, "columns" | "apply"> {
  return { columns: [...columns, column], apply: (row) => new Map(row).set(column.name, value(row)) };
}

function otherwiseOf(
  chance: Chance,
  ways: readonly unknown[] = ["fail", "keep", "null", null, { value: "?" }],
): unknown {
  return chance.one(ways);
}

function fallback(otherwise: unknown, value: Value): Value {
  if (otherwise === "fail") return refuse();
  if (otherwise === "keep") return value;
  return otherwise === "null" || otherwise === null ? null : scalarCell((otherwise as { value: string }).value);
}

/** Null in place of a refusal. */
function orNull(work: () => Value): Value {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Refused) return null;
    throw thrown;
  }
}

export const stepModels: Record<string, Make> = {
  trim({ chance, columns }) {
    const at = chance.some(columns.map(named));
    const white = /^[\s\ufeff\u00a0]+|[\s\ufeff\u00a0]+$/g;
    return {
      step: { trim: at },
      ...cells(
        columns,
        at,
        ({ name }) => changed(name, undefined),
        (value) => (typeof value === "string" ? value.replace(white, "") : value),
      ),
    };
  },
  case({ chance, columns }) {
    const at = chance.some(columns.map(named));
    const to = chance.one(["lower", "upper"]);
    return {
      step: { case: { columns: at, to } },
      ...cells(
        columns,
        at,
        ({ name }) => changed(name),
        (value) =>
          typeof value !== "string"
            ? value
            : [...value].map((c) => (to === "lower" ? c.toLowerCase() : c.toUpperCase())).join(""),
      ),
    };
  },
  map({ chance, columns }) {
    const column = chance.one(columns).name;
    const values = Object.fromEntries(
      chance
        .some(texts.filter((text) => text !== "__proto__"))
        .slice(0, 8)
        .map((text) => [text, chance.one(scalars)]),
    );
    const ignoreCase = chance.maybe(0.3);
    const folded = Object.keys(values).map((text) => text.toLowerCase());
    const otherwise = otherwiseOf(chance);
    if (ignoreCase && new Set(folded).size < folded.length) return null;
    return {
      step: { map: { column, values, otherwise, ignoreCase } },
      ...cells(
        columns,
        [column],
        ({ name }) => changed(name),
        (value) => {
          if (value === null) return null;
          const text = typeof value === "object" ? null : textOf(value);
          const found = Object.entries(values).find(
            ([from]) => text !== null && (ignoreCase ? from.toLowerCase() === text.toLowerCase() : from === text),
          );
          return found === undefined ? fallback(otherwise, value) : scalarCell(found[1]);
        },
      ),
    };
  },
  default({ chance, columns }) {
    const free = columns.filter(({ pg }) => pg === undefined);
    if (free.length === 0) return null;
    const column = chance.one(free).name;
    const [value, empty] = [chance.one(scalars), chance.maybe(0.5)];
    return {
      step: { default: { values: { [column]: value }, empty } },
      ...cells(
        columns,
        [column],
        ({ name }) => changed(name),
        (cell) => (cell === null || (empty && cell === "") ? scalarCell(value) : cell),
      ),
    };
  },
  constant({ chance, columns, newName }) {
    const [name, value] = [newName(), chance.one(scalars)];
    return { step: { constant: { [name]: value } }, ...added(columns, changed(name), () => scalarCell(value)) };
  },
  "parse-date"({ chance, columns }) {
    const column = chance.one(columns).name;
    const layout = chance.one(["YYYY-MM-DD", "DD.MM.YYYY HH:MM", "YYYY-MM-DD HH:MM:SS", "epoch seconds"]);
    const to = chance.one(["date", "timestamp", "timestamptz"]);
    const hours = chance.one([0, 2, -5]);
    const otherwise = chance.one(["fail", "null"]);
    const zone = hours === 0 ? "UTC" : `${hours < 0 ? "-" : "+"}0${Math.abs(hours)}:00`;
    const read = (value: Value): Value => {
      const moment = layout === "epoch seconds" ? epoch(value) : readDate(layout, value);
      if (moment !== null && to === "timestamptz" && layout !== "epoch seconds")
        moment.setTime(moment.getTime() - hours * 3_600_000);
      if (
        moment === null ||
        moment.getTime() < Date.parse("0001-01-01T00:00:00Z") ||
        moment.getTime() >= Date.parse("+010000-01-01T00:00:00Z")
      )
        return refuse();
      const [day = "", time = ""] = moment.toISOString().slice(0, 19).split("T");
      const digits = moment
        .toISOString()
        .slice(19, 23)
        .replace(/\.?0+$/, "");
      if (to === "date") return time === "00:00:00" && digits === "" ? day : refuse();
      return `${day} ${time}${digits}${to === "timestamptz" ? "+00" : ""}`;
    };
    return {
      step: { "parse-date": { column, layout, to, zone, otherwise } },
      ...cells(
        columns,
        [column],
        ({ name }) => changed(name, to),
        (value) => (value === null ? null : otherwise === "null" ? orNull(() => read(value)) : read(value)),
      ),
    };
  },
  cast({ chance, columns }) {
    const [column, type, otherwise] = [
      chance.one(columns).name,
      chance.one(castTypes),
      chance.one(["fail", "null", "null"]),
    ];
    return {
      step: { cast: { columns: { [column]: type }, otherwise } },
      ...cells(
        columns,
        [column],
        ({ name }) => typed(name, type),
        (value) => (otherwise === "null" ? orNull(() => castTo(type, value)) : castTo(type, value)),
      ),
    };
  },
  split({ chance, columns }) {
    const column = chance.one(columns).name;
    const options = {
      by: chance.one([",", '"', " ", "\u{1f600}"]),
      as: chance.one(["text[]", "json"]),
      trim: chance.maybe(0.7),
      empty: chance.one(["drop", "keep", "null"]),
    };
    return {
      step: { split: { column, ...options } },
      ...cells(
        columns,
        [column],
        ({ name }) => changed(name, options.as === "json" ? undefined : "text[]"),
        (value) => {
          const text = textOf(value);
          if (text === null) return null;
          const parts: (string | null)[] = [];
          for (const part of text.split(options.by)) {
            const own = options.trim ? part.trim() : part;
            if (own !== "") parts.push(own);
            else if (options.empty !== "drop") parts.push(options.empty === "null" ? null : "");
          }
          return options.as === "json" ? JSON.stringify(parts) : listLiteral(parts);
        },
      ),
    };
  },
  join({ chance, columns, newName }) {
    const [from, separator, as] = [chance.some(columns.map(named)), chance.one([" ", "", ", "]), newName()];
    return {
      step: { join: { columns: from, with: separator, as } },
      ...added(columns, changed(as), (row) => {
        const parts = from.map((name) => textOf(row.get(name) ?? null)).filter((text) => text !== null);
        return parts.length === 0 ? null : parts.join(separator);
      }),
    };
  },
  rename({ chance, columns, newName }) {
    const from = chance.some(columns.map(named)).slice(0, 2);
    const [first = "", second] = from;
    const names = new Map(
      second !== undefined && chance.maybe(0.5)
        ? [
            [first, second],
            [second, first],
          ]
        : [[first, newName()]],
    );
    return {
      step: { rename: Object.fromEntries(names) },
      columns: columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })),
      apply: (row) => new Map([...row].map(([name, value]) => [names.get(name) ?? name, value])),
    };
  },
  drop({ chance, columns }) {
    const gone = chance.some(columns.map(named)).slice(0, 2);
    if (gone.length === columns.length) return null;
    return {
      step: { drop: gone.length === 1 && chance.maybe(0.5) ? gone[0] : gone },
      columns: columns.filter(({ name }) => !gone.includes(name)),
      apply: (row) => row,
    };
  },
  keep({ chance, columns }) {
    const kept = columns.filter(() => chance.maybe(0.8));
    return kept.length === 0
      ? null
      : { step: { keep: { columns: kept.map(named) } }, columns: kept, apply: (row) => row };
  },
  "json-path"({ chance, columns, newName }) {
    const [column, as] = [chance.one(columns).name, newName()];
    const [path, steps] = chance.one<[string, (string | number)[]]>([
      ["$", []],
      ["$.a", ["a"]],
      ["$[0]", [0]],
      ["$[-1]", [-1]],
      ["$.a.b[2].z", ["a", "b", 2, "z"]],
      ['$["b"]', ["b"]],
      ["$.__proto__", ["__proto__"]],
    ]);
    const type = chance.maybe(0.5) ? chance.one(castTypes) : undefined;
    return {
      step: { "json-path": { column, path, as, ...(type === undefined ? {} : { type }) } },
      ...added(columns, typed(as, type), (row) => {
        const text = textOf(row.get(column) ?? null);
        if (text === null) return null;
        let json: Json | undefined = parseJson(text) ?? refuse();
        for (const [i, step] of steps.entries()) {
          // A text with a key twice has no members to tell apart.
          if (typeof step === "string" && json?.members !== undefined && i === 0 && duplicateKeys(text)) refuse();
          json = typeof step === "number" ? json?.items?.at(step) : json?.members?.get(step);
          if (json === undefined) return null;
        }
        return jsonCell(json, type ?? null);
      }),
    };
  },
  flatten({ chance, columns, newName }) {
    const column = chance.one(columns).name;
    const [a, b, type] = [newName(), newName(), chance.one(castTypes)];
    const [others, keep] = [chance.one(["fail", "drop"]), chance.maybe(0.3)];
    const members: [string, string, string | null][] = [
      ["a", a, null],
      ["b", b, type],
    ];
    const left = columns.filter(({ name }) => keep || name !== column);
    return {
      step: { flatten: { column, members: { a, b: { as: b, type } }, others, keep } },
      columns: [...left, changed(a), typed(b, type)],
      apply(row) {
        const text = textOf(row.get(column) ?? null);
        const json = text === null || text === "null" ? null : (parseJson(text) ?? refuse());
        if (json !== null && (json.members === undefined || duplicateKeys(text ?? ""))) refuse();
        if (others === "fail" && [...(json?.members?.keys() ?? [])].some((key) => key !== "a" && key !== "b")) refuse();
        const copy = new Map(row);
        for (const [member, as, to] of members) {
          const part = json?.members?.get(member);
          copy.set(as, part === undefined ? null : jsonCell(part, to));
        }
        return copy;
      },
    };
  },
  explode({ chance, columns, hasKey, newName }) {
    const column = chance.one(columns);
    const key = hasKey ? columns.filter((one) => one.key === true) : [chance.one(columns)];
    const rest = columns.filter((one) => one !== column);
    if (key.includes(column) || rest.length === 0) return null;
    const [into, ordinal, value] = [newName(), newName(), newName()];
    const type = chance.maybe(0.4) ? chance.one(castTypes) : undefined;
    const keep = chance.maybe(0.3);
    return {
      step: {
        explode: {
          column: column.name,
          into,
          ordinal,
          value,
          keep,
          ...(type === undefined ? {} : { type }),
          ...(hasKey ? {} : { key: key.map(named) }),
        },
      },
      columns: keep ? [...columns] : rest,
      makes: [[into, [...key.map(named), ordinal, value]]],
      apply(row, { emit }) {
        const text = textOf(row.get(column.name) ?? null);
        const found = text === null ? [] : column.pg === "text[]" ? listOf(text) : (parseJson(text)?.items ?? refuse());
        for (const [i, one] of found.entries()) {
          const cell =
            one === null || typeof one === "string"
              ? type === undefined
                ? one
                : castTo(type, one)
              : jsonCell(one, type ?? null);
          const child: Row = new Map(key.map(({ name }) => [name, row.get(name) ?? null]));
          emit(into, child.set(ordinal, BigInt(i + 1)).set(value, cell));
        }
        return row;
      },
    };
  },
  distribute({ chance, columns, hasKey, newName }) {
    const key = hasKey ? columns.filter((one) => one.key === true) : [chance.one(columns)];
    const rest = columns.filter((one) => !key.includes(one));
    if (rest.length < 2) return null;
    const [first, second] = [newName(), newName()];
    const moved = rest.slice(0, 1 + chance.below(Math.min(3, rest.length)));
    const parts = new Map([
      [first, moved.slice(0, 1)],
      ...(moved.length > 1 ? [[second, moved.slice(1)] as const] : []),
    ]);
    const empty = chance.one(["drop", "keep"]);
    return {
      step: {
        distribute: {
          into: Object.fromEntries([...parts].map(([table, own]) => [table, own.map(named)])),
          empty,
          ...(hasKey ? {} : { key: key.map(named) }),
        },
      },
      columns: columns.filter((one) => !moved.includes(one)),
      makes: [...parts].map(([table, own]) => [table, [...key, ...own].map(named)]),
      apply(row, { emit }) {
        for (const [table, own] of parts)
          if (empty === "keep" || own.some(({ name }) => row.get(name) !== null))
            emit(table, new Map([...key, ...own].map(({ name }) => [name, row.get(name) ?? null])));
        return row;
      },
    };
  },
  lookup({ chance, columns, side, newName }) {
    const [column, as] = [chance.one(columns).name, newName()];
    const otherwise = otherwiseOf(chance, ["fail", "null", "null", null, { value: "none" }]);
    return {
      step: { lookup: { column, in: "side", by: "k", take: "v", as, otherwise } },
      ...added(columns, changed(as), (row) => {
        const value = row.get(column) ?? null;
        if (value === null) return null;
        const found = side.filter(([k = null]) => k !== null && keyOf(k) === keyOf(value));
        if (found.length > 1) return refuse();
        return found.length === 1 ? (found[0]?.[1] ?? null) : fallback(otherwise, null);
      }),
    };
  },
  filter({ chance, columns }) {
    const free = columns.filter(({ pg }) => pg === undefined);
    if (free.length === 0) return null;
    const [condition, holds] = conditionOf(chance, free, 2);
    return { step: { filter: condition }, columns: [...columns], apply: (row) => (holds(row) ? row : null) };
  },
  dedupe({ chance, columns, order }) {
    const by = chance.some(columns.map(named)).slice(0, 2);
    const keep = order ?? chance.one(["first", "last"] as const);
    return {
      step: { dedupe: { by, keep } },
      columns: [...columns],
      order: keep,
      apply: (row, { isFirst }) =>
        isFirst(JSON.stringify(by.map((name) => keyOf(row.get(name) ?? null)))) ? row : null,
    };
  },
  mask({ chance, columns }) {
    const column = chance.one(columns).name;
    const way = chance.one<Record<string, unknown>>([
      { keepLast: 0 },
      { keepLast: 2 },
      { fixed: "hidden" },
      { email: { keyFrom: "RANDOM_KEY" } },
    ]);
    return {
      step: { mask: { columns: column, ...way } },
      ...cells(
        columns,
        [column],
        ({ name }) => changed(name),
        (value) => {
          if (value === null) return null;
          if ("fixed" in way) return "hidden";
          const text = textOf(value) ?? "";
          if ("email" in way) return `user-${hmac("key of this test", text).slice(0, 20)}@example.invalid`;
          const characters = Array.from(text);
          const shown = Number(way.keepLast);
          return characters
            .map((c, i) => (characters.length > shown && i >= characters.length - shown ? c : "*"))
            .join("");
        },
      ),
    };
  },
  hash({ chance, columns }) {
    const at = chance.some(columns.map(named)).slice(0, 2);
    return {
      step: { hash: { columns: at, keyFrom: "RANDOM_KEY" } },
      ...cells(
        columns,
        at,
        ({ name }) => changed(name),
        (value) => (value === null ? null : hmac("key of this test", value)),
      ),
    };
  },
  unify({ chance, columns, newName }) {
    const id = chance.one(columns);
    const [into, source, as] = [newName(), newName(), newName()];
    return {
      step: { unify: { into, source, id: as, from: id.name, tag: "T" } },
      columns: [{ name: source }, { ...id, name: as }, ...columns.filter((one) => one !== id)],
      into,
      last: true,
      apply: (row) => new Map(row).set(source, "T").set(as, row.get(id.name) ?? null),
    };
  },
  function({ columns }) {
    return columns.some(({ name }) => name === "made")
      ? null
      : {
          step: { function: { file: "./random.mjs", keys: "kept" } },
          columns: [
            ...columns.map(({ name, pg, key }) =>
              key === true ? { name, key, ...(pg === undefined ? {} : { pg }) } : changed(name, pg),
            ),
            { name: "made" },
          ],
          apply(row) {
            const names = columns.map(named);
            const first = row.get(names.find((name) => name !== "id" && name !== "part") ?? "") ?? null;
            if (first === "x") return null;
            if (first === "007") return refuse();
            const kinds = names.map((name) => kindOf(row.get(name) ?? null)).join(",");
            return new Map(row).set("made", JSON.stringify({ kinds }));
          },
        };
  },
};

/** The function of `function`, as a file. Says of every cell what it saw. */
export const functionFile = `export const columns = { made: "" };
const kind = (value) => value === null ? "null" : typeof value === "object" ? ("rawText" in value ? "raw" : "bytes") : typeof value === "bigint" ? "big" : typeof value === "string" ? "text" : "number";
export default function (row, { key }) {
  const names = Object.keys(row);
  const first = row[names.find((name) => !KEYS.includes(name)) ?? ""] ?? null;
  if (first === "x") return null;
  if (first === "007") throw "no good";
  return { ...row, made: { kinds: names.map((name) => kind(row[name])).join(",") } };
}
`;

function kindOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "object") return "rawText" in value ? "raw" : "bytes";
  if (typeof value === "string") return "text";
  return typeof value === "bigint" && (value > 2n ** 53n - 1n || value < -(2n ** 53n - 1n)) ? "big" : "number";
}

function epoch(value: Value): Date | null {
  if (value === null || typeof value === "object") return null;
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  const cell = orNull(() =>
    castTo("numeric", typeof value === "string" ? value : typeof value === "number" ? realText(value) : value),
  );
  // Further than a Date can tell.
  if (typeof cell !== "string" || !/^-?\d{1,12}(\.\d{1,3}0*)?$/.test(cell)) return null;
  return new Date(Math.round(Number(cell) * 1000));
}

function readDate(layout: string, value: Value): Date | null {
  if (typeof value !== "string") return null;
  const m = layout.startsWith("DD")
    ? /^(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d)$/.exec(value)
    : layout.length === 10
      ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value)
      : /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(value);
  if (m === null) return null;
  const [, one = "", month = "", three = "", hour = "00", minute = "00", second = "00"] = m;
  const [year, day] = layout.startsWith("DD") ? [three, one] : [one, three];
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(`${year}-${month}-${day}`) ? null : moment;
}

type Condition = [unknown, (row: Row) => boolean];

function conditionOf(chance: Chance, columns: readonly Column[], depth: number): Condition {
  if (depth > 0 && chance.maybe(0.4)) {
    const parts = Array.from({ length: 1 + chance.below(3) }, () => conditionOf(chance, columns, depth - 1));
    const [first] = parts as [Condition];
    const way = chance.below(3);
    if (way === 0) return [{ not: first[0] }, (row) => !first[1](row)];
    const all = parts.map(([given]) => given);
    return way === 1
      ? [{ all }, (row) => parts.every(([, holds]) => holds(row))]
      : [{ any: all }, (row) => parts.some(([, holds]) => holds(row))];
  }
  const column = chance.one(columns).name;
  const op = chance.one([
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "contains",
    "starts with",
    "ends with",
    "in",
    "not in",
    "is null",
    "is not null",
  ]);
  if (op === "is null") return [{ column, op }, (row) => row.get(column) === null];
  if (op === "is not null") return [{ column, op }, (row) => row.get(column) !== null];
  const values = (op.endsWith("in") ? [0, 1] : [0]).map(() => chance.one(scalars.filter((one) => one !== null)));
  const given = values.map(scalarCell);
  return [
    { column, op, value: op.endsWith("in") ? values : values[0] },
    (row) => meets(row.get(column) ?? null, op, given),
  ];
}

function meets(value: Value, op: string, given: readonly Value[]): boolean {
  if (value === null) return false;
  if (typeof value === "object" && "rawText" in value) return refuse();
  const orders = given.map((one) => {
    const isNumber = (cell: Value): cell is number | bigint => typeof cell === "number" || typeof cell === "bigint";
    if (isNumber(value) && isNumber(one)) return value < one ? -1 : value > one ? 1 : 0;
    if (typeof value === "string" && typeof one === "string")
      return Math.sign(Buffer.compare(Buffer.from(value), Buffer.from(one)));
    return null;
  });
  const [order = null] = orders;
  const text = (has: (a: string, b: string) => boolean): boolean =>
    typeof value === "string" && typeof given[0] === "string" && has(value, given[0]);
  switch (op) {
    case "=":
    case "in":
      return orders.includes(0);
    case "!=":
    case "not in":
      return !orders.includes(0);
    case "<":
      return order === -1;
    case "<=":
      return order !== null && order <= 0;
    case ">":
      return order === 1;
    case ">=":
      return order !== null && order >= 0;
    case "contains":
      return text((a, b) => a.includes(b));
    case "starts with":
      return text((a, b) => a.startsWith(b));
    default:
      return text((a, b) => a.endsWith(b));
  }
}
