/** Every other moment. */
import { killedAt } from "./cutover-killed.ts";

killedAt({
  cutover: [
    "after: cutover",
    "before: schema switched",
    "linked: .env.rowhaul-backup-",
    "renamed: config.json",
    "after: files switched",
    "before: healthy",
    "after: healthy",
    "before: done",
  ],
  ways: ["half: cutover", "after: cutover", "renamed: .env", "after: done"],
  rollback: ["after: rollback", "renamed: .env", "before: undone", "after: undone"],
  anew: ["renamed: config.json", "after: undone"],
});
