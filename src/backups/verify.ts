/** Can this be restored? Goes by the contents, not by the name. */
import { closeSync, createReadStream, createWriteStream, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf } from "../core/messages/errors.ts";
import { isExport } from "../exports/export-folder.ts";
import { bad, doubtful, type Verdict, type VerifyContext } from "./verdict.ts";
import { verifyArchive, verifyScript } from "./verify-dump.ts";
import { verifyExport } from "./verify-export.ts";
import { verifySqlite } from "./verify-sqlite.ts";

export async function verifyBackup(path: string, context: VerifyContext): Promise<Verdict> {
  if (statSync(path).isDirectory()) {
    if (isExport(path)) return verifyExport(path, context);
    if (existsSync(join(path, "toc.dat"))) return verifyArchive(path, context);
    return doubtful("cannot be verified: a folder that is neither an export nor a dump");
  }
  const head = beginning(path);
  if (head.length === 0) return bad("it is empty");
  if (head[0] === 0x1f && head[1] === 0x8b) return verifyGzip(path, context);
  const start = head.toString("latin1");
  if (start.startsWith("SQLite format 3\0")) return verifySqlite(path, context);
  if (start.startsWith("PGDMP") || (start.startsWith("toc.dat\0") && start.slice(257, 262) === "ustar"))
    return verifyArchive(path, context);
  if (/^(\s|--[^\n]*\n|\\restrict [^\n]*\n)*-- PostgreSQL database (cluster )?dump/.test(start))
    return verifyScript(path);
  if (/^PRAGMA foreign_keys=OFF;\r?\nBEGIN TRANSACTION;/.test(start)) return verifyScript(path);
  return doubtful("cannot be verified: it is no SQLite file, export or dump that rowhaul knows");
}

async function verifyGzip(path: string, context: VerifyContext): Promise<Verdict> {
  const plain = join(context.scratch, "unpacked");
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(plain, { mode: 0o600 }), {
      signal: context.signal,
    });
  } catch (thrown) {
    context.signal.throwIfAborted();
    if (!String((thrown as { code?: string }).code).startsWith("Z_")) throw thrown;
    return bad(`it cannot be unpacked: ${messageOf(thrown)}`);
  }
  return verifyBackup(plain, context);
}

function beginning(path: string): Buffer {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(1024);
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(fd);
  }
}
