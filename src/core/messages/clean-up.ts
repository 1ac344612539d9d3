/**
 * Cleaning up after work, whichever way it ends. What failed first is the error, with its code and its `Try:`; what
 * fails while cleaning up is told under it, and keeps nothing else from being cleaned up.
 */
import { alsoFailed, messageOf } from "./errors.ts";

/** Each is tried, whatever became of those before it. */
export async function cleaningUp<T>(work: () => T | Promise<T>, ...cleanUps: (() => unknown)[]): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (thrown) {
    throw await cleanedUpAwaited(thrown, ...cleanUps);
  }
  const failed: unknown[] = [];
  for (const cleanUp of cleanUps) await settle(failed, cleanUp);
  if (failed.length > 0) throw firstOf(failed);
  return result;
}

/** The same for work that does not wait. */
export function cleaningUpNow<T>(work: () => T, ...cleanUps: (() => void)[]): T {
  let result: T;
  try {
    result = work();
  } catch (thrown) {
    throw cleanedUp(thrown, ...cleanUps);
  }
  const failed: unknown[] = [];
  for (const cleanUp of cleanUps) {
    try {
      cleanUp();
    } catch (thrown) {
      failed.push(thrown);
    }
  }
  if (failed.length > 0) throw firstOf(failed);
  return result;
}

/** `thrown` itself, to be thrown again, after all of `cleanUps` were tried. */
export function cleanedUp(thrown: unknown, ...cleanUps: (() => void)[]): unknown {
  for (const cleanUp of cleanUps) {
    try {
      cleanUp();
    } catch (later) {
      note(thrown, later);
    }
  }
  return thrown;
}

/** {@link cleanedUp} for what has to be waited for. */
export async function cleanedUpAwaited(thrown: unknown, ...cleanUps: (() => unknown)[]): Promise<unknown> {
  for (const cleanUp of cleanUps) await attempt(thrown, cleanUp);
  return thrown;
}

async function attempt(thrown: unknown, cleanUp: () => unknown): Promise<void> {
  try {
    await cleanUp();
  } catch (later) {
    note(thrown, later);
  }
}

async function settle(failed: unknown[], cleanUp: () => unknown): Promise<void> {
  try {
    await cleanUp();
  } catch (thrown) {
    failed.push(thrown);
  }
}

function firstOf([first, ...more]: readonly unknown[]): unknown {
  for (const later of more) note(first, later);
  return first;
}

function note(first: unknown, later: unknown): void {
  if (later !== first) alsoFailed(first, `While cleaning up: ${messageOf(later)}`);
}
