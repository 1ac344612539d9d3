/** One decision per column: from what it is declared, and from what its values are. */
import { describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../../src/core/plan/plan.ts";
import type { ColumnSettings, Settings } from "../../../src/core/settings.ts";
import type { Encoding } from "../../../src/core/values/encoding.ts";
import { codeOf, errorOf } from "../../support/scratch-database.ts";
import { type Options, planOf, tableOf } from "./inputs.ts";

async function columnOf(declared: string, values: string, options: Options = {}): Promise<ColumnPlan> {
  const insert =
    values === ""
      ? ""
      : `INSERT INTO t VALUES ${values
          .split(" | ")
          .map((value) => `(${value})`)
          .join(", ")}`;
  const [column] = tableOf(await planOf(`CREATE TABLE t(c ${declared}); ${insert}`, options)).columns;
  if (column === undefined) throw new Error("no column");
  return column;
}

const bigint = (wide = false): Encoding => ({ kind: "integer", width: 8, wide });
const zeroOne: Encoding = { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } };
const words = (yes: string, no: string): Encoding => ({ kind: "boolean", true: { text: yes }, false: { text: no } });
const date = (kind: "date" | "timestamp" | "timestamptz", layout: string): Encoding => ({ kind, layout });
const kind = (name: "real" | "numeric" | "text" | "bytes" | "rendered" | "tagged" | "json"): Encoding => ({
  kind: name,
});

describe("the decision for", () => {
  it.each<[string, string, Encoding, string, ColumnPlan["arrives"]]>([
    // integers
    ["INTEGER", "1 | -5 | NULL", bigint(), "bigint", "exactly"],
    ["TINYINT", "9007199254740991", bigint(), "bigint", "exactly"],
    ["INT", "9007199254740992", bigint(true), "bigint", "exactly"],
    ["INT", "-9223372036854775808", bigint(true), "bigint", "exactly"],
    ["", "1 | 2", bigint(), "bigint", "exactly"],
    // reals
    ["REAL", "1 | 2.5", kind("real"), "double precision", "exactly"],
    ["FLOAT", "9e999 | -0.0", kind("real"), "double precision", "exactly"],
    ["", "2.5", kind("real"), "double precision", "exactly"],
    ["NUMERIC", "2.5 | 1", kind("numeric"), "numeric", "equivalently"],
    ["DECIMAL(10,2)", "2.5", kind("numeric"), "numeric", "equivalently"],
    ["DECIMAL(10,2)", "2 | 3", kind("numeric"), "numeric", "equivalently"],
    ["INTEGER", "1 | 2.5", kind("numeric"), "numeric", "exactly"],
    ["", "1 | 2.5", kind("numeric"), "numeric", "exactly"],
    ["", "1 | -0.0", kind("tagged"), "jsonb", "exactly"],
    // text and bytes
    ["TEXT", "'a' | ''", kind("text"), "text", "exactly"],
    ["VARCHAR(2)", "'longer'", kind("text"), "text", "exactly"],
    ["UUID", "'x'", kind("text"), "text", "exactly"],
    ["BLOB", "x'00'", kind("bytes"), "bytea", "exactly"],
    ["BLOB", "'text'", kind("text"), "text", "exactly"],
    ["TEXT", "x'00'", kind("bytes"), "bytea", "exactly"],
    // mixed
    ["INTEGER", "1 | 'n/a'", kind("rendered"), "text", "exactly"],
    ["REAL", "1.5 | 'n/a'", kind("rendered"), "text", "exactly"],
    ["NUMERIC", "1 | 1.5 | 'n/a'", kind("rendered"), "text", "exactly"],
    ["REAL", "9e999 | 'n/a'", kind("tagged"), "jsonb", "exactly"],
    ["", "1 | '1'", kind("tagged"), "jsonb", "exactly"],
    ["TEXT", "'a' | x'00'", kind("tagged"), "jsonb", "exactly"],
    ["INTEGER", "1 | x'00'", kind("tagged"), "jsonb", "exactly"],
    // booleans
    ["BOOLEAN", "0 | 1 | NULL", zeroOne, "boolean", "equivalently"],
    ["BOOL", "1", zeroOne, "boolean", "equivalently"],
    ["BOOLEAN", "0 | 2", bigint(), "bigint", "exactly"],
    ["BOOLEAN", "'true' | 'false'", words("true", "false"), "boolean", "equivalently"],
    ["BOOLEAN", "'TRUE'", words("TRUE", "FALSE"), "boolean", "equivalently"],
    ["BOOLEAN", "'No' | 'Yes'", words("Yes", "No"), "boolean", "equivalently"],
    ["BOOLEAN", "'true' | 'False'", kind("text"), "text", "exactly"],
    ["BOOLEAN", "'t' | 'no'", kind("text"), "text", "exactly"],
    ["BOOLEAN", "1 | 'true'", kind("rendered"), "text", "exactly"],
    ["INTEGER", "0 | 1", bigint(), "bigint", "exactly"],
    // dates
    ["DATE", "'2024-02-29' | '0001-01-01'", date("date", "YYYY-MM-DD"), "date", "equivalently"],
    ["DATETIME", "'2024-01-05 10:20:30'", date("timestamp", "YYYY-MM-DD HH:MM:SS"), "timestamp", "equivalently"],
    [
      "TIMESTAMP",
      "'2024-01-05T10:20:30.123Z'",
      date("timestamptz", "YYYY-MM-DDTHH:MM:SS.fffZ"),
      "timestamptz",
      "equivalently",
    ],
    ["DATE", "'2024-01-05' | '2024-01-05 10:00'", kind("text"), "text", "exactly"],
    ["DATE", "'2023-02-29'", kind("text"), "text", "exactly"],
    ["DATE", "''", kind("text"), "text", "exactly"],
    ["DATETIME", "1700000000", bigint(), "bigint", "exactly"],
    ["DATETIME", "'2024-01-05' | 1700000000", kind("rendered"), "text", "exactly"],
    ["TEXT", "'2024-01-05'", kind("text"), "text", "exactly"],
    // JSON
    ["JSON", `'{"a":1}' | 'null'`, kind("json"), "jsonb", "equivalently"],
    ["JSON", `'{"a":1,"a":2}'`, kind("text"), "text", "exactly"],
    ["JSON", "'{'", kind("text"), "text", "exactly"],
    ["JSON", "'1' | x'00'", bigintOrTagged(), "jsonb", "exactly"],
    // nothing at all
    ["INTEGER", "NULL", bigint(), "bigint", "exactly"],
    ["REAL", "", kind("real"), "double precision", "exactly"],
    ["TEXT", "", kind("text"), "text", "exactly"],
    ["BLOB", "", kind("bytes"), "bytea", "exactly"],
    ["", "", kind("text"), "text", "exactly"],
    ["DECIMAL", "", kind("numeric"), "numeric", "equivalently"],
    ["BOOLEAN", "NULL", zeroOne, "boolean", "equivalently"],
    ["DATE", "", date("date", "YYYY-MM-DD"), "date", "equivalently"],
    ["DATETIME", "", date("timestamp", "YYYY-MM-DD HH:MM:SS"), "timestamp", "equivalently"],
    ["JSON", "", kind("json"), "jsonb", "equivalently"],
  ])("%s holding %s", async (declared, values, encoding, type, arrives) => {
    const column = await columnOf(declared, values);
    expect([column.encoding, column.pgType, column.arrives, column.rules]).toEqual([encoding, type, arrives, []]);
    expect(column.reason).not.toBe("");
  });

  it.each<[string, 2 | 4 | 8, string]>([
    ["32767 | -32768", 2, "smallint"],
    ["32768", 4, "integer"],
    ["-32769", 4, "integer"],
    ["2147483647 | -2147483648", 4, "integer"],
    ["2147483648", 8, "bigint"],
    ["-2147483649", 8, "bigint"],
  ])("integers that shall fit: %s", async (values, width, type) => {
    const settings: Partial<Settings> = { integers: "fit" };
    const column = await columnOf("INTEGER", values, { settings });
    expect([column.encoding, column.pgType]).toEqual([{ kind: "integer", width, wide: false }, type]);
  });
});

/** NUMERIC affinity makes 1 of '1'; with a BLOB beside it only a tag can tell. */
function bigintOrTagged(): Encoding {
  return { kind: "tagged" };
}

describe("a type chosen in the pipeline file", () => {
  const chosen = (declared: string, values: string, own: Partial<ColumnSettings>, more: Options = {}) =>
    columnOf(declared, values, { ...more, tables: { t: { columns: { c: { type: null, epoch: null, ...own } } } } });

  it.each<[string, string, Partial<ColumnSettings>, string]>([
    ["INT", "1 | 2", { type: "smallint" }, "smallint"],
    ["INT", "70000", { type: "integer" }, "integer"],
    ["INT", "1 | 2", { type: "double precision" }, "double precision"],
    ["INT", "1 | 2", { type: "numeric" }, "numeric"],
    ["INT", "1 | 2", { type: "text" }, "text"],
    ["INT", "0 | 1", { type: "boolean" }, "boolean"],
    ["TEXT", "'a'", { type: "bytea" }, "bytea"],
    ["DATE", "'2024-01-05'", { type: "timestamp" }, "timestamp"],
    ["DATETIME", "'2024-01-05 10:00:00'", { type: "timestamptz" }, "timestamptz"],
    ["JSON", "'{}'", { type: "text" }, "text"],
    ["INT", "1700000000", { epoch: "seconds" }, "timestamp"],
    ["INT", "1700000000000", { epoch: "milliseconds", type: "timestamptz" }, "timestamptz"],
  ])("%s holding %s as %j", async (declared, values, own, type) => {
    expect((await chosen(declared, values, own)).pgType).toBe(type);
  });

  it.each<[string, string, Partial<ColumnSettings>, RegExp]>([
    ["INT", "40000", { type: "smallint" }, /values range from 40000 to 40000/],
    ["INT", "3000000000", { type: "integer" }, /values range from/],
    ["INT", "1 | 'x'", { type: "bigint" }, /1 value\(s\) are no integers/],
    ["REAL", "1.5", { type: "bigint" }, /1 value\(s\) are no integers/],
    ["INT", "9007199254740993", { type: "double precision" }, /beyond 2\^53/],
    ["", "-0.0", { type: "numeric" }, /negative zero/],
    ["INT", "2", { type: "boolean" }, /not every value is 0 or 1/],
    ["TEXT", "'a' | x'00'", { type: "bytea" }, /mixed/],
    ["", "5 | '5'", { type: "text" }, /mixed/],
    ["TEXT", "x'00'", { type: "text" }, /BLOB/],
    ["DATE", "'2024-01-05' | 'soon'", { type: "date" }, /not every value is a date of one layout/],
    ["DATETIME", "'2024-01-05 10:00:00'", { type: "date" }, /time/],
    ["DATE", "'soon'", { type: "date" }, /no value is a date/],
    ["JSON", "'{'", { type: "jsonb" }, /not every value is JSON/],
    ["REAL", "1.5", { epoch: "seconds" }, /no integers/],
    ["INT", "1700000000", { epoch: "seconds", type: "date" }, /epoch needs the type timestamp/],
    ["INT", "9223372036854775807", { epoch: "seconds" }, /beyond/],
    ["INT", "-99999999999999", { epoch: "seconds" }, /beyond/],
  ])("is refused for %s holding %s as %j", async (declared, values, own, message) => {
    const error = await errorOf(() => chosen(declared, values, own));
    expect([error.code, error.exit]).toEqual(["PLAN_INVALID", 2]);
    expect(error.message).toMatch(/^t\.c: /);
    expect(error.message).toMatch(message);
  });

  it("with a policy for what does not fit still refuses what no policy treats", async () => {
    const accept = [{ code: "MIXED_CLASSES" as const, policy: "null" }];
    const column = await chosen("INT", "1 | 'x'", { type: "smallint" }, { accept });
    expect([column.pgType, column.rules]).toEqual([
      "smallint",
      [{ code: "MIXED_CLASSES", when: { kind: "class", classes: ["text"] }, then: "null" }],
    ]);
    expect(await codeOf(() => chosen("INT", "40000 | 'x'", { type: "smallint" }, { accept }))).toBe("PLAN_INVALID");
    const epoch = await chosen("INT", "1700000000 | 1.5 | 'x'", { epoch: "seconds" }, { accept });
    expect(epoch.rules[0]?.when).toEqual({ kind: "class", classes: ["real", "text"] });
  });
});
