/** What only root meets: PostgreSQL does not run as root, so it must run as somebody else, who must reach everything. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { statePlace } from "../../src/embedded/data/places.ts";
import { removeEmbedded, startEmbedded } from "../../src/embedded/index.ts";
import { isRoot, serverAccount } from "../../src/embedded/programs/account.ts";
import { locateBinaries } from "../../src/embedded/programs/binaries.ts";
import { runnableBin } from "../../src/embedded/programs/runnable.ts";
import { scratchFolder } from "./scratch.ts";

describe.runIf(isRoot())("as root", () => {
  const scratch = scratchFolder();

  it("runs the server as an existing ordinary user and keeps the password to root", async () => {
    const directory = join(scratch, "a/b/server");
    const server = await startEmbedded({ directory });
    try {
      const account = serverAccount(null);
      expect(account?.uid).not.toBe(0);
      expect(readFileSync(`/proc/${server.pid}/status`, "utf8")).toMatch(
        new RegExp(`^Uid:\\t${account?.uid}\\t.*\\nGid:\\t${account?.gid}\\t`, "m"),
      );
      expect(statSync(join(directory, "data")).uid).toBe(account?.uid);
      const state = statSync(join(directory, "state.json"));
      expect([state.uid, state.mode & 0o777]).toEqual([0, 0o600]);
    } finally {
      await removeEmbedded(directory);
      rmSync(join(scratch, "a"), { recursive: true });
    }
  });

  it("names the folder that the user cannot enter", async () => {
    const closed = join(scratch, "closed");
    mkdirSync(closed, { mode: 0o700 });
    try {
      await expect(startEmbedded({ directory: join(closed, "server") })).rejects.toMatchObject({
        code: "EMBEDDED_FAILED",
        message: `PostgreSQL would run as the user ${serverAccount(null)?.name}, who cannot enter ${closed}.`,
      });
    } finally {
      rmSync(closed, { recursive: true });
    }
  });

  it("puts a temporary server elsewhere when TMPDIR is closed to the user", async () => {
    const closed = join(scratch, "tmp");
    mkdirSync(closed, { mode: 0o700 });
    const before = process.env.TMPDIR;
    process.env.TMPDIR = closed;
    try {
      const server = await startEmbedded({ directory: "temporary" });
      expect(server.directory.startsWith(closed)).toBe(false);
      await server.stop();
      expect(existsSync(server.directory)).toBe(false);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      rmSync(closed, { recursive: true });
    }
  });

  it("copies the binaries once when they lie in a closed folder, and makes the links that are missing", async () => {
    const closed = join(scratch, "checkout");
    const native = join(closed, "native");
    const build = `test-${process.pid}`;
    const copy = join(statePlace(), "binaries", build);
    mkdirSync(closed, { mode: 0o700 });
    try {
      const packaged = locateBinaries().native ?? "";
      // as npm leaves it when its scripts are skipped: no links
      const isLink = /\/lib\/lib[a-z0-9_]+\.so(\.\d+)?$/;
      const links = (JSON.parse(readFileSync(join(packaged, "pg-symlinks.json"), "utf8")) as { target: string }[]).map(
        (l) => join(packaged, "..", l.target),
      );
      expect(links.some((link) => isLink.test(link))).toBe(true);
      cpSync(packaged, native, { recursive: true, filter: (file) => !links.includes(file) });
      chmodSync(join(native, "bin/postgres"), 0o700);

      const binaries = { bin: join(native, "bin"), native, build };
      const both = await Promise.all([0, 1].map(() => runnableBin(binaries, serverAccount(null))));
      expect(both).toEqual([join(copy, "bin"), join(copy, "bin")]);
      const made = statSync(copy).ctimeMs;
      const server = await startEmbedded({ directory: "temporary", binaries: { bin: join(copy, "bin") } });
      expect(server.version).toMatch(/^18\./);
      await server.stop();
      expect(await runnableBin(binaries, serverAccount(null))).toBe(join(copy, "bin"));
      expect(statSync(copy).ctimeMs).toBe(made);
    } finally {
      rmSync(closed, { recursive: true });
      rmSync(copy, { recursive: true, force: true });
      for (const folder of [dirname(copy), statePlace()]) removeIfEmpty(folder);
    }
  });
});

function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
