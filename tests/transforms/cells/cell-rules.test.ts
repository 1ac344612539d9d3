/** What each accepted treatment makes of a cell, in the row, the ledger and the quarantine. */
import { describe, expect, it } from "vitest";
import type { LedgerEntry, QuarantinedRow } from "../../../src/core/plan/ledger.ts";
import type { CellRule, TablePlan } from "../../../src/core/plan/plan.ts";
import type { Encoding } from "../../../src/core/values/encoding.ts";
import type { Row, Slot } from "../../../src/core/values/wire.ts";
import { cellRules } from "../../../src/transforms/cells/cell-rules.ts";
import { through } from "../../../src/transforms/cells/stage.ts";
import { codeOf, errorOf } from "../../support/scratch-database.ts";
import { columnPlan, integer, tablePlan } from "../../targets/postgres/plans.ts";

type Treated = { rows: Row[]; ledger: LedgerEntry[]; quarantine: QuarantinedRow[] };

function treat(table: TablePlan, rows: Row[]): Treated {
  const ledger: LedgerEntry[] = [];
  const quarantine: QuarantinedRow[] = [];
  const stage = cellRules(table, { ledger: (entry) => ledger.push(entry), quarantine: (row) => quarantine.push(row) });
  return { rows: [...through([stage], [rows])].flat(), ledger, quarantine };
}

function tableWith(encoding: Encoding, rules: readonly CellRule[], more: Partial<TablePlan> = {}): TablePlan {
  return tablePlan(
    "t",
    {},
    {
      columns: [columnPlan("id", integer), columnPlan("c", encoding, { rules })],
      key: { kind: "integer", columns: ["id"] },
      ...more,
    },
  );
}

const rule = (code: CellRule["code"], when: CellRule["when"], then: CellRule["then"]): CellRule => ({
  code,
  when,
  then,
});
const text = (value: string): Buffer => Buffer.from(`t${value}`);
const bad = (...bytes: number[]): Buffer => Buffer.from([0x74, ...bytes]);

describe("an action", () => {
  const nul = (then: CellRule["then"]) => rule("NUL_IN_TEXT", { kind: "nul" }, then);
  const invalid = (then: CellRule["then"]) => rule("INVALID_TEXT", { kind: "invalid-encoding" }, then);
  const classes =
    (...found: ("integer" | "real" | "text" | "blob")[]) =>
    (then: CellRule["then"]) =>
      rule("MIXED_CLASSES", { kind: "class", classes: found }, then);
  const layout = (then: CellRule["then"]) => rule("MIXED_DATES", { kind: "layout" }, then);
  const plain: Encoding = { kind: "text" };
  const stamp: Encoding = { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" };
  const zoned: Encoding = { kind: "timestamptz", layout: "YYYY-MM-DDTHH:MM:SSZ" };
  const day: Encoding = { kind: "date", layout: "YYYY-MM-DD" };

  it.each<[CellRule, Encoding, Slot, Slot, string, string | null]>([
    [nul("strip"), plain, text("a\0b\0"), "ab", 'text "a\\u0000b\\u0000"', "ab"],
    [nul("strip"), { kind: "tagged" }, text('"\0\n'), '"\n', 'text "\\"\\u0000\\n"', '{"t": "text", "v": "\\"\\n"}'],
    [nul("escape"), plain, text("\0"), "\u2400", 'text "\\u0000"', "\u2400"],
    [invalid("replace"), plain, bad(0x61, 0xff, 0xc3), "a\ufffd\ufffd", "text x'61ffc3'", "a\ufffd\ufffd"],
    [invalid("replace"), plain, bad(0x00, 0xff), "\ufffd\ufffd", "text x'00ff'", "\ufffd\ufffd"],
    [invalid("windows-1252"), plain, bad(0x80, 0xe9), "€é", "text x'80e9'", "€é"],
    [invalid("latin1"), plain, bad(0xe9, 0xff), "éÿ", "text x'e9ff'", "éÿ"],
    [classes("text")("null"), integer, text("n/a"), null, 'text "n/a"', null],
    [classes("blob")("null"), integer, Buffer.from("b00"), null, "blob x'00'", null],
    [classes("blob")("reinterpret"), plain, Buffer.from("bc3a9"), "é", "blob x'c3a9'", "é"],
    [classes("text")("reinterpret"), { kind: "bytes" }, text("é"), Buffer.from("é"), 'text "é"', "\\xc3a9"],
    [layout("convert"), stamp, text("2024-01-05"), "2024-01-05 00:00:00", 'text "2024-01-05"', "2024-01-05 00:00:00"],
    [
      layout("convert"),
      stamp,
      text("2024-01-05T10:20+05:30"),
      "2024-01-05 04:50:00",
      'text "2024-01-05T10:20+05:30"',
      "2024-01-05 04:50:00",
    ],
    [
      layout("convert"),
      stamp,
      text("2024-01-05 10:20:30.120"),
      "2024-01-05 10:20:30.12",
      'text "2024-01-05 10:20:30.120"',
      "2024-01-05 10:20:30.12",
    ],
    [
      layout("convert"),
      stamp,
      Buffer.from("i1700000000"),
      "2023-11-14 22:13:20",
      "integer 1700000000",
      "2023-11-14 22:13:20",
    ],
    [
      layout("convert"),
      stamp,
      Buffer.from("i1700000000123"),
      "2023-11-14 22:13:20.123",
      "integer 1700000000123",
      "2023-11-14 22:13:20.123",
    ],
    [
      layout("convert"),
      stamp,
      Buffer.from("i1700000000123456"),
      "2023-11-14 22:13:20.123456",
      "integer 1700000000123456",
      "2023-11-14 22:13:20.123456",
    ],
    [layout("convert"), stamp, 2460310.5, "2024-01-01 00:00:00", "real 2460310.5", "2024-01-01 00:00:00"],
    [
      layout("convert"),
      zoned,
      text("2024-01-05"),
      "2024-01-05 00:00:00Z",
      'text "2024-01-05"',
      "2024-01-05 00:00:00+00",
    ],
    [layout("convert"), day, text("2024-01-05 00:00:00"), "2024-01-05", 'text "2024-01-05 00:00:00"', "2024-01-05"],
    [layout("null"), stamp, text("2024-01-05"), "2024-01-05 00:00:00", 'text "2024-01-05"', "2024-01-05 00:00:00"],
    [layout("null"), stamp, text("soon"), null, 'text "soon"', null],
    [layout("null"), day, text("2024-01-05 10:00:00"), null, 'text "2024-01-05 10:00:00"', null],
  ])("%j for %j", (action, encoding, slot, after, before, printed) => {
    const found = treat(tableWith(encoding, [action]), [["7", slot, "7n"]]);
    expect(found).toEqual({
      rows: [["7", after]],
      ledger: [{ table: "t", key: "id=7", column: "c", before, after: printed, rule: `${action.code}:${action.then}` }],
      quarantine: [],
    });
  });

  it.each<[CellRule, Encoding, Slot]>([
    [layout("convert"), stamp, text("soon")],
    [layout("convert"), stamp, Buffer.from("i12")],
    [layout("convert"), stamp, text("0001-01-01T00:00+01:00")],
    [layout("convert"), day, text("2024-01-05 10:00:00")],
    [layout("convert"), stamp, Buffer.from("b00")],
    [classes("blob")("reinterpret"), plain, Buffer.from("bff")],
    [classes("blob")("reinterpret"), plain, Buffer.from("b00")],
  ])("%j that cannot treat a value is refused: %j", async (action, encoding, slot) => {
    const error = await errorOf(() => treat(tableWith(encoding, [action]), [["7", slot, "7n"]]));
    expect([error.code, error.place.key, error.place.column]).toEqual(["HAZARDS_NOT_ACCEPTED", "id=7", "c"]);
    expect(error.message).toContain(`"${action.then}" accepted for ${action.code}`);
  });
});

describe("cells that no rule concerns", () => {
  const unused = rule("NUL_IN_TEXT", { kind: "nul" }, "strip");
  it.each<[Encoding, Slot, Slot]>([
    [{ kind: "text" }, text("é"), "é"],
    [{ kind: "text" }, null, null],
    [{ kind: "integer", width: 8, wide: false }, Buffer.from("i-5"), -5],
    [integer, Buffer.from("i9223372036854775807"), "9223372036854775807"],
    [{ kind: "real" }, 2.5, 2.5],
    [{ kind: "real" }, -0, -0],
    [{ kind: "numeric" }, Buffer.from("i5"), "5"],
    [{ kind: "numeric" }, 5, 5],
    [{ kind: "rendered" }, text("x"), "x"],
    [{ kind: "bytes" }, Buffer.from("b00ff"), Buffer.from([0, 255])],
    [{ kind: "text-bytes" }, text("é"), Buffer.from("é")],
    [{ kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }, Buffer.from("i1"), 1],
    [{ kind: "boolean", true: { text: "t" }, false: { text: "f" } }, text("f"), "f"],
    [{ kind: "tagged" }, Buffer.from("i5"), Buffer.from("i5")],
    [{ kind: "epoch", unit: "seconds", zoned: false }, Buffer.from("i5"), "5"],
  ])("%j keep their value: %o", (encoding, slot, after) => {
    const found = treat(tableWith(encoding, [unused]), [["7", slot, "7n"]]);
    expect(found).toEqual({ rows: [["7", after]], ledger: [], quarantine: [] });
    expect(Object.is(found.rows[0]?.[1], -0)).toBe(Object.is(after, -0));
  });
});

describe("quarantine", () => {
  const out = rule("NULL_IN_KEY", { kind: "null" }, "quarantine");
  it("takes the whole row, as it was, and says why", () => {
    const table = tablePlan(
      "t",
      {},
      {
        columns: [
          columnPlan("k", { kind: "text" }, { rules: [out] }),
          columnPlan("i", { kind: "integer", width: 8, wide: false }),
          columnPlan("w", integer),
          columnPlan("r", { kind: "real" }),
          columnPlan("n", { kind: "numeric" }),
          columnPlan("s", { kind: "text" }),
          columnPlan("b", { kind: "bytes" }),
          columnPlan("f", { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }),
          columnPlan("g", { kind: "tagged" }),
          columnPlan("z", { kind: "text" }),
          columnPlan("computed", integer, { computed: true }),
        ],
      },
    );
    const row: Row = [
      null,
      5,
      "9223372036854775807",
      2.5,
      "12",
      "12",
      Buffer.from([1]),
      1,
      Buffer.from("b00"),
      null,
      "3n",
    ];
    const kept: Row = [text("a"), 5, "1", 2.5, 0.5, "x", null, 0, null, null, "4n"];
    const found = treat(table, [row, kept]);
    expect(found.rows).toEqual([["a", 5, "1", 2.5, 0.5, "x", null, 0, null, null]]);
    expect(found.ledger).toEqual([]);
    expect(found.quarantine).toEqual([
      {
        table: "t",
        key: "rowid=3",
        row: {
          k: "NULL",
          i: "integer 5",
          w: "integer 9223372036854775807",
          r: "real 2.5",
          n: "integer 12",
          s: 'text "12"',
          b: "blob x'01'",
          f: "integer 1",
          g: "blob x'00'",
          z: "NULL",
        },
        rule: "NULL_IN_KEY:quarantine",
      },
    ]);
  });

  it("leaves no ledger entry of the same row", () => {
    const strip = rule("NUL_IN_TEXT", { kind: "nul" }, "strip");
    const table = tablePlan(
      "t",
      {},
      {
        columns: [
          columnPlan("a", { kind: "text" }, { rules: [strip] }),
          columnPlan("b", { kind: "text" }, { rules: [out] }),
        ],
      },
    );
    const found = treat(table, [[text("x\0"), null, "1n"]]);
    expect([found.rows, found.ledger, found.quarantine.map(({ row }) => row)]).toEqual([
      [],
      [],
      [{ a: 'text "x\\u0000"', b: "NULL" }],
    ]);
  });
});

describe("rules", () => {
  it("of orphans concern only them", () => {
    const orphan = rule(
      "ORPHAN_ROWS",
      { kind: "orphan", columns: ["c"], parent: "p", parentColumns: ["id"], parentWhere: null },
      "null",
    );
    const found = treat(tableWith(integer, [orphan]), [
      ["1", Buffer.from("o0i9"), "1n"],
      ["2", Buffer.from("i9"), "2n"],
      ["3", null, "3n"],
    ]);
    expect(found.rows).toEqual([
      ["1", null],
      ["2", "9"],
      ["3", null],
    ]);
    expect(found.ledger.map(({ key, before }) => [key, before])).toEqual([["id=1", "integer 9"]]);
  });

  it("are tried in order, one a cell", () => {
    const strip = rule("NUL_IN_TEXT", { kind: "nul" }, "strip");
    const latin = rule("INVALID_TEXT", { kind: "invalid-encoding" }, "latin1");
    const found = treat(tableWith({ kind: "text" }, [strip, latin]), [["1", bad(0x00, 0xe9), "1n"]]);
    expect(found.rows).toEqual([["1", "\ufffdé"]]);
    expect(found.ledger.map((entry) => entry.rule)).toEqual(["INVALID_TEXT:latin1"]);
  });

  it("write keys of every class", () => {
    const strip = rule("NUL_IN_TEXT", { kind: "nul" }, "strip");
    const key = { kind: "other", columns: ["a", "b", "c", "d", "e"] } as const;
    const found = treat(tableWith({ kind: "text" }, [strip], { key }), [
      ["1", text("\0"), "5n", "s5n", "s", Buffer.from([1]), 2.5],
    ]);
    expect(found.ledger[0]?.key).toBe(`a=5, b="5n", c="", d=x'01', e=2.5`);
  });

  it("count the rows of a table that has neither key nor rowid", () => {
    const strip = rule("NUL_IN_TEXT", { kind: "nul" }, "strip");
    const table = tableWith({ kind: "text" }, [strip], { key: { kind: "none", columns: [] }, rowidName: null });
    const found = treat(table, [
      ["1", text("a")],
      ["2", text("\0")],
      ["3", text("\0")],
    ]);
    expect(found.ledger.map((entry) => entry.key)).toEqual(["row=2", "row=3"]);
  });

  it("yield nothing for a batch that is all quarantined", async () => {
    const out = rule("NULL_IN_KEY", { kind: "null" }, "quarantine");
    const stage = cellRules(tableWith({ kind: "text" }, [out]), { ledger() {}, quarantine() {} });
    expect([...through([stage], [[["1", null, "1n"]], [["2", text("x"), "2n"]]])]).toEqual([[["2", "x"]]]);
    expect([...through([], [[["1"]]])]).toEqual([[["1"]]]);
    expect(
      await codeOf(() =>
        treat(tableWith({ kind: "date", layout: "YYYY-MM-DD" }, [rule("MIXED_DATES", { kind: "layout" }, "convert")]), [
          ["1", text("x"), "1n"],
        ]),
      ),
    ).toBe("HAZARDS_NOT_ACCEPTED");
  });
});
