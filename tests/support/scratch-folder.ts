/** A folder of the test file's own, made when it is first asked for; it goes when the file ends. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEachFile } from "./after-file.ts";

/** `name` begins its name. Open to other accounts, as some that run servers. */
export function scratchFolder(name: string): () => string {
  let folder: string | null = null;
  afterEachFile(() => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
  });
  return () => {
    if (folder === null) {
      folder = mkdtempSync(join(tmpdir(), name));
      chmodSync(folder, 0o755);
    }
    return folder;
  };
}
