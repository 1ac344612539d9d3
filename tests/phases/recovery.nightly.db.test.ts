import { it } from "vitest";
import { killedOften } from "./recovery.ts";

it("a run that is killed fifteen times at random moments is complete in the end", () =>
  killedOften([
    ["preflight", 100],
    ["snapshot", 150],
    ["profile", 400],
    ["profile", 600],
    ["plan", 30],
    ["load", 20],
    ["load", 150],
    ["load", 150],
    ["load", 150],
    ["load", 150],
    ["finish", 80],
    ["finish", 80],
    ["validate", 150],
    ["validate", 150],
    ["cutover", 30],
  ]));
