/**
 * A full disk: of the application's folder with all that rowhaul keeps there, of the server's tables, or (where file
 * systems cannot be mounted) a limit on the size of files.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goOn, reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

const mayMount = process.getuid?.() === 0 && process.platform === "linux";

export const disk = {
  name: "disk",
  title: mayMount ? "disk full: the run's folder, the target" : "disk full: file size limited (mounting needs root)",
  count: 30,
  scenarios,
  async prepare(context) {
    const { scenario, number } = context;
    const ways = mayMount ? ["folder", scenario.target === "server" ? "server" : "folder", "limit"] : ["limit"];
    return faults[ways[(number + Math.floor(number / scenarios.length)) % ways.length]](context);
  },
};

/** A disk that is full but for so many bytes, from the moment on. */
function filled(disk, filler, leave, { place, scenario, moment }) {
  const fault = {
    name: `${disk} full but for ${leave / 1024} kB ${moment.name}`,
    async strike(running) {
      if (!(await reach(running, moment))) return false;
      fault.hit = whereNow(running, place, scenario);
      fill(filler, leave);
      goOn(running, moment);
      return true;
    },
    mend: () => rmSync(filler, { force: true }),
  };
  return fault;
}

const faults = {
  async folder({ place, scenario, moment, random }) {
    await place.reset(scenario, { mount: (folder) => mountMemory(folder, 96) });
    const leave = random.pick([0, random.below(8), random.below(200)]) * 1024;
    const filler = place.path("filler");
    const fault = filled("folder", filler, leave, { place, scenario, moment });
    return Object.assign(fault, { cleanUp: () => unmount(place.folder) });
  },

  async server({ place, cluster, scenario, moment, random }) {
    const space = await smallTablespace(place, cluster);
    await place.reset(scenario, { tablespace: "small" });
    const leave = random.pick([0, random.below(200), random.below(2000)]) * 1024;
    const filler = join(space, "filler");
    return filled("server's disk", filler, leave, { place, scenario, moment });
  },

  /** Node ignores the signal of it, so that a write fails as one on a full disk does. */
  async limit({ place, scenario, random }) {
    await place.reset(scenario);
    const blocks = random.pick([1, 8, 64, 512, 900]) + random.below(8);
    return {
      name: `no file larger than ${blocks / 2} kB`,
      start: { shell: `ulimit -f ${blocks}`, pause: null },
      strike: async () => true,
    };
  },
};

const spaces = new WeakMap();

async function smallTablespace(place, cluster) {
  const known = spaces.get(cluster);
  if (known !== undefined) return known;
  const mounted = join(place.root, "small");
  mkdirSync(mounted);
  mountMemory(mounted, 64);
  chmodSync(mounted, 0o711);
  const data = join(mounted, "data");
  mkdirSync(data, { mode: 0o700 });
  const { uid, gid } = cluster.account;
  if (uid !== undefined) chownSync(data, uid, gid);
  await cluster.query(`CREATE TABLESPACE small LOCATION '${data}'`);
  spaces.set(cluster, mounted);
  return mounted;
}

function fill(path, leave) {
  const { bavail, bsize } = statfsSync(join(path, ".."));
  const size = Math.max(0, bavail * bsize - leave);
  try {
    writeFileSync(path, Buffer.alloc(size));
  } catch {
    // somebody else took the rest meanwhile: full all the same
  }
}

const mounts = new Set();

function mountMemory(folder, megabytes) {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "rowhaul-faults", folder]);
  mounts.add(folder);
}

function unmount(folder) {
  execFileSync("umount", ["-l", folder]);
  mounts.delete(folder);
}

/** At the end, whatever happened. */
export function unmountAll() {
  for (const folder of [...mounts]) unmount(folder);
}
