/**
 * A folder in memory for what tests write: they wait for the disk each time that rowhaul makes a file durable, and a
 * server's data are nobody's after the test. Null where the system has none that is large enough and may hold programs.
 */
import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
import { freemem } from "node:os";

const path = "/dev/shm";
const wantedBytes = 8 * 2 ** 30;

export function memoryFolder() {
  try {
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" "))
      .find(([, at]) => at === path);
    const options = mount?.[3]?.split(",") ?? [];
    if (mount?.[2] !== "tmpfs" || options.includes("noexec") || options.includes("ro")) return null;
    const { bavail, bsize } = statfsSync(path);
    if (bavail * bsize < wantedBytes || freemem() < wantedBytes) return null;
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch {
    return null;
  }
}
