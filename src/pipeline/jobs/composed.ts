/** Puts the parts together for one piece of work, and closes them after it. */
import { silent } from "../../core/events.ts";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import type { Settings } from "../../core/settings.ts";
import { type Composed, compose } from "../compose.ts";
import { digestOf } from "../file/digest.ts";
import type { InnerRunOptions } from "./options.ts";

export async function composed<T>(
  given: Settings,
  options: Pick<InnerRunOptions, "onEvent" | "signal" | "acceptAll" | "embedded">,
  work: (context: Composed["context"]) => Promise<T>,
): Promise<T> {
  const wanted = { ...given, acceptAll: given.acceptAll || options.acceptAll === true };
  // Callers may have changed what they were given; a run of other settings must not be gone on with.
  const settings = { ...wanted, digest: digestOf(wanted) };
  const { context, close } = await compose(
    settings,
    options.onEvent ?? silent,
    options.signal ?? new AbortController().signal,
    options.embedded,
  );
  return cleaningUp(() => work(context), close);
}
