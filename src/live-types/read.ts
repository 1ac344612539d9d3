/** What becomes of a value on its way into a live column. */
import type { LiveProblem } from "../core/schema/live-type.ts";

export type Read =
  | {
      readonly ok: true;
      readonly text: string;
      /** How it was written, where a column must be written one way: values in the column's layout can be told again. */
      readonly layout?: string;
      /** The type writes it in another spelling of the same value. */
      readonly respelled?: true;
    }
  | {
      readonly ok: false;
      readonly problem: LiveProblem /** What it would be, where a policy takes it so. */;
      readonly text?: string;
    };
