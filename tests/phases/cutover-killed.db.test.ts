import { killedAndFresh, killedAt } from "./cutover-killed.ts";

killedAt({
  cutover: ["half: cutover", "after: schema switched", "renamed: .env", "after: done"],
  ways: ["before: schema switched", "before: done"],
  rollback: ["renamed: config.json"],
  anew: ["after: rollback"],
});
killedAndFresh();
