/**
 * Dumps. PostgreSQL's archives are read to their end by its own pg_restore, which
 * needs no server for that; of SQL text only the end shows that it is whole.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { plural } from "../core/messages/count.ts";
import { isTar, tarIsWhole } from "./tar.ts";
import { bad, doubtful, good, type Verdict, type VerifyContext } from "./verdict.ts";

/** Custom, tar and directory format. */
export async function verifyArchive(path: string, { pgRestore, signal }: VerifyContext): Promise<Verdict> {
  // pg_restore 15 never ends on a tar file that was cut short.
  if (isTar(path) && !tarIsWhole(path)) return bad("it ends in the middle: the tar file has no end");
  const list = await readWith(pgRestore, ["--list", path], signal);
  if (list === null) return doubtful("cannot be verified: there is no pg_restore here");
  // An archive of a newer PostgreSQL than this pg_restore says nothing about the archive.
  if (/unsupported version/.test(list.errors)) return doubtful(`cannot be verified: ${firstLine(list.errors)}`);
  if (list.status !== 0) return bad(`pg_restore cannot read it: ${firstLine(list.errors)}`);
  const tables = list.output.split("\n").filter((line) => /^\d+;.* TABLE DATA /.test(line)).length;
  // The list stands at the front; only writing the script out reads all the data.
  const whole = await readWith(pgRestore, ["--file=/dev/null", path], signal);
  if (whole?.expired === true)
    return doubtful(`cannot be verified: pg_restore did not end within ${limitMs / 60_000} minutes`);
  if (whole?.status !== 0) return bad(`pg_restore cannot read it to its end: ${firstLine(whole?.errors ?? "")}`);
  return tables === 0
    ? doubtful("read by pg_restore, but it holds no rows of any table")
    : good(`read to its end by pg_restore: the rows of ${plural(tables, "table")}`);
}

/** A dump as SQL text. */
export function verifyScript(path: string): Verdict {
  const end = tail(path).trimEnd();
  if (
    /-- PostgreSQL database (cluster )?dump complete\s*(--)?(\s*\\unrestrict \S+)?$/.test(end) ||
    /(^|\n)COMMIT;$/.test(end)
  )
    return doubtful("complete by its last line, but a dump as SQL text cannot be verified without executing it");
  if (/ROLLBACK; -- due to errors$/.test(end)) return bad("sqlite3 could not read everything when it made the dump");
  return bad("it ends in the middle: the last line of a complete dump is missing");
}

type Outcome = {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
  readonly expired: boolean;
};

/** Reading a dump of many gigabytes takes minutes; what takes longer than this does not end. */
const limitMs = 30 * 60_000;

/** Null when there is no such program. */
function readWith(program: string, args: readonly string[], signal: AbortSignal): Promise<Outcome | null> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const end = (): void => {
      child.kill("SIGKILL");
    };
    signal.addEventListener("abort", end, { once: true });
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      end();
    }, limitMs).unref();
    let output = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(0, 10_000);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", end);
      clearTimeout(timer);
      if (error.code === "ENOENT" || error.code === "EACCES") resolve(null);
      else reject(error);
    });
    child.on("close", (status) => {
      signal.removeEventListener("abort", end);
      clearTimeout(timer);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ status, output, errors, expired });
    });
  });
}

function firstLine(text: string): string {
  return (
    text
      .trim()
      .split("\n")[0]
      ?.replace(/^pg_restore: (error: )?/, "") || "it gives no reason"
  );
}

function tail(path: string): string {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, 512));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("latin1");
  } finally {
    closeSync(fd);
  }
}
