/**
 * The account that runs PostgreSQL. PostgreSQL refuses to run as root, so root
 * lends the server to an account that exists already; rowhaul never adds one.
 */
import { readFileSync, statSync } from "node:fs";
import { RowhaulError } from "../../core/messages/errors.ts";

export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

/** Null: the server runs as whoever runs rowhaul. `data` decides when it exists, because its files have an owner. */
export function serverAccount(data: string | null): Account | null {
  if (!isRoot()) return null;
  const known = accounts();
  const owner = data === null ? undefined : statSync(data, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) {
    return known.find((a) => a.uid === owner.uid) ?? { name: String(owner.uid), uid: owner.uid, gid: owner.gid };
  }
  const unprivileged = known.filter((a) => a.uid !== 0);
  const account = preferred.map((name) => unprivileged.find((a) => a.name === name)).find((a) => a !== undefined);
  const chosen = account ?? unprivileged[0];
  if (chosen) return chosen;
  throw new RowhaulError("EMBEDDED_FAILED", "PostgreSQL refuses to run as root, and this system has no other user.", {
    hint: "Run rowhaul as an ordinary user, or name a running PostgreSQL as the target.",
  });
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function accounts(): Account[] {
  return readPasswd()
    .split("\n")
    .map((line) => line.split(":"))
    .filter((f) => f.length >= 4 && /^-?\d+$/.test(f[2] ?? "") && /^-?\d+$/.test(f[3] ?? ""))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
}

function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}

const preferred = ["postgres", "_postgres", "nobody", "daemon"];
