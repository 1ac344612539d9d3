/** One value of 400 MB, as BLOB and as TEXT: the memory of a whole run, of an export and of an import. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { measureProgram } from "./measure.mjs";
import { unattended } from "./rowhaul.mjs";

const megabytes = 400;
const most = 200 + 3 * megabytes;

export async function benchValues({ dist }, lend) {
  const found = [];
  for (const kind of ["BLOB", "TEXT"])
    await lend(`a ${kind}`, async (context, { url }) => {
      const { folder } = context;
      mkdirSync(folder, { recursive: true });
      const file = join(folder, "value.db");
      makeValue(file, kind);
      const exported = join(folder, "exported");
      const jobs = {
        copy: ["copy", file, url, ...unattended],
        export: ["export", file, exported],
        import: ["import", exported, join(folder, "imported.db"), "--yes"],
      };
      for (const [job, args] of Object.entries(jobs)) {
        const used = await measureProgram({
          command: process.execPath,
          args: [join(dist, "cli/main.js"), ...args],
          cwd: folder,
          log: join(folder, `${job}.log`),
          server: context.server,
          signal: context.signal,
        });
        console.error(`${job} of a ${kind} of ${megabytes} MB: ${used.megabytes.toFixed(0)} MB`);
        const failed = used.status === 0 ? null : `it ended with ${used.status}: ${used.errors}`;
        found.push({ job, kind, megabytes: used.megabytes, failed });
      }
    });
  return found;
}

function makeValue(file, kind) {
  const db = new Database(file);
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, v ${kind})`);
  const bytes = Buffer.alloc(megabytes * 1e6, kind === "TEXT" ? "plain text é " : "some bytes");
  if (kind === "BLOB") db.prepare("INSERT INTO t VALUES (1, ?)").run(bytes);
  else
    db.prepare("INSERT INTO t VALUES (1, CAST(? AS TEXT))").run(bytes.subarray(0, bytes.length - (bytes.length % 14)));
  db.close();
}

export function valuesBars(found) {
  return found.map(({ job, kind, megabytes: peak, failed }) => ({
    text: `${job} of a ${kind} of ${megabytes} MB in at most ${most} MB`,
    figure: failed ?? (Number.isNaN(peak) ? "not measurable here" : `${peak.toFixed(0)} MB`),
    passed: failed !== null ? false : Number.isNaN(peak) ? null : peak <= most,
  }));
}
