import { RowhaulError } from "../../src/core/messages/errors.ts";

/** The RowhaulError an action throws. */
export function thrown(action: () => unknown): RowhaulError {
  try {
    action();
  } catch (error) {
    if (error instanceof RowhaulError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
