/** Every transform, in the order in which the documentation lists them. A new one is a file in steps/ and a line here. */
import type { Transform } from "./definition.ts";
import { caseTransform } from "./steps/case.ts";
import { cast } from "./steps/cast.ts";
import { constant } from "./steps/constant.ts";
import { dedupe } from "./steps/dedupe.ts";
import { defaultTransform } from "./steps/default.ts";
import { distribute } from "./steps/distribute.ts";
import { drop } from "./steps/drop.ts";
import { explode } from "./steps/explode.ts";
import { filter } from "./steps/filter.ts";
import { flatten } from "./steps/flatten.ts";
import { functionTransform } from "./steps/function.ts";
import { hash } from "./steps/hash.ts";
import { join } from "./steps/join.ts";
import { jsonPath } from "./steps/json-path.ts";
import { keep } from "./steps/keep.ts";
import { lookup } from "./steps/lookup.ts";
import { map } from "./steps/map.ts";
import { mask } from "./steps/mask.ts";
import { parseDate } from "./steps/parse-date.ts";
import { rename } from "./steps/rename.ts";
import { split } from "./steps/split.ts";
import { trim } from "./steps/trim.ts";
import { unify } from "./steps/unify.ts";

export const transforms: readonly Transform[] = [
  trim,
  caseTransform,
  map,
  defaultTransform,
  constant,
  parseDate,
  cast,
  split,
  join,
  rename,
  drop,
  keep,
  jsonPath,
  flatten,
  explode,
  distribute,
  lookup,
  filter,
  dedupe,
  mask,
  hash,
  unify,
  functionTransform,
];

export function transformNamed(name: string): Transform | undefined {
  return transforms.find((transform) => transform.name === name);
}
