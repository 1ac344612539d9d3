/**
 * The source's write lock during a cutover. While the application's files are as before, it works with the source, and
 * an abort (Ctrl-C, the end of the downtime allowed) lets it write again at once, however long the target takes to be
 * put back: from then on the cutover can only be undone. Once the files are switched the lock stays until the health
 * check, or the undo, has ended.
 */
import { cleanedUpAwaited } from "../core/messages/clean-up.ts";
import { messageOf } from "../core/messages/errors.ts";
import type { SourceLock } from "../core/ports.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";

export type SourceHold = {
  /** To be called right before the files are switched. Throws the signal's reason: the lock may be gone already. */
  beforeFiles(): void;
  /** Throws SOURCE_CHANGED when somebody wrote to the source nevertheless. */
  checkUnchanged(): Promise<void>;
  release(): Promise<void>;
};

/** Throws SOURCE_BUSY, SOURCE_NOT_LOCKABLE, and SOURCE_CHANGED for what was written since the snapshot. */
export async function holdSource({ parts, signal, emit }: Context, { record }: RunFolder): Promise<SourceHold> {
  const lock: SourceLock = await parts.source.lock();
  let released: Promise<void> | null = null;
  const release = (): Promise<void> => {
    released ??= lock.release();
    return released;
  };
  const letGo = (): void => {
    release().catch((thrown: unknown) => {
      emit({ type: "notice", level: "warning", message: `The source's lock: ${messageOf(thrown)}` });
    });
  };
  const hold: SourceHold = {
    beforeFiles() {
      signal.throwIfAborted();
      signal.removeEventListener("abort", letGo);
    },
    async checkUnchanged() {
      if (record.snapshot !== null) await parts.source.checkUnchanged(record.snapshot, signal);
    },
    release() {
      signal.removeEventListener("abort", letGo);
      return release();
    },
  };
  signal.addEventListener("abort", letGo, { once: true });
  try {
    signal.throwIfAborted();
    await hold.checkUnchanged();
    return hold;
  } catch (thrown) {
    throw await cleanedUpAwaited(thrown, hold.release);
  }
}
