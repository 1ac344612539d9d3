/** What the proof of arriving rows reads. */
import type { Findings } from "../../../findings.ts";
import type { Source } from "../../../source-reader.ts";
import type { Target } from "../../target-reader.ts";
import type { Scratch } from "../scratch.ts";

export type Opened = {
  readonly source: Source;
  readonly target: Target;
  readonly scratch: Scratch;
  readonly findings: Findings;
};
