/** The flags of `copy` and `import` for tables that already exist. */
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Settings } from "../../core/settings.ts";
import type { Call } from "../command.ts";
import type { OptionName } from "../options.ts";

type Existing = Settings["target"]["existing"];

/** `clear` is the name that `import` had for `replace` first. */
const meanings = {
  append: "append",
  merge: "merge",
  skip: "skip",
  replace: "replace",
  clear: "replace",
  "keep-aside": "keep-aside",
} as const satisfies Partial<Record<OptionName, Existing>>;

/** Throws USAGE when two flags contradict each other. */
export function existingOf(call: Call): Existing {
  const given = (Object.keys(meanings) as (keyof typeof meanings)[]).filter((name) => call.flag(name));
  const [first, ...others] = given;
  if (first === undefined) return "refuse";
  const other = others.find((name) => meanings[name] !== meanings[first]);
  if (other !== undefined) throw new RowhaulError("USAGE", `--${first} and --${other} contradict each other.`);
  return meanings[first];
}

/** In place of TARGET_OCCUPIED's own hint, which speaks of the pipeline file. */
export function occupiedHint({ target }: Settings): string {
  if (target.kind === "sqlite")
    return "--append, --merge, --skip or --replace put the rows into the tables that are there; --keep-aside keeps the file beside a new one.";
  return "--append, --merge, --skip or --replace put the rows into the tables that are there; --keep-aside moves those aside; --schema <name> makes new ones elsewhere.";
}
