/** Which entry of `accept` answers what is met. */
import { expect, it } from "vitest";
import { Hazards } from "../../src/plan/acceptance.ts";
import { settingsOf } from "./to-postgres/inputs.ts";

const asked = (at: string) =>
  ({ code: "TRIGGER_FIRES", at, message: "it fires", offered: ["keep", "disable"] }) as const;
const entry = (at: string | null, policy: string | null) => ({ code: "TRIGGER_FIRES", at, policy }) as const;

it("the most exact entry answers, of two for one place the later", () => {
  const accept = [entry("t.a", "keep"), entry("t", "disable"), entry(null, "keep"), entry("T.A", "disable")];
  const hazards = new Hazards(settingsOf({ accept }));
  expect([asked("t.a"), asked("t.b"), asked("u.c")].map((met) => hazards.meet(met))).toEqual([
    "disable",
    "disable",
    "keep",
  ]);
  expect(hazards.unused().map(({ at }) => at)).toEqual(["t.a"]);
});

it("what can only be known later leaves no entry unused, but for places that are not wanted", () => {
  const at = (place: string | null) => ({ code: "TRIGGER_WRITES", at: place, policy: "keep" }) as const;
  const hazards = new Hazards(settingsOf({ accept: [at("log"), at("t"), at(null)] }));
  const found = hazards.standing("TRIGGER_WRITES", (place) => place !== "t");
  expect(found.map((one) => one.at)).toEqual(["log", null]);
  expect(hazards.unused().map((note) => note.at)).toEqual(["t"]);
});
