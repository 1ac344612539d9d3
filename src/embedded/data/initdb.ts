/** Makes a new data directory, whole or not at all. */

import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Account } from "../programs/account.ts";
import { program } from "../programs/binaries.ts";
import { runCommand } from "../programs/command.ts";
import { type Layout, unfinished } from "./layout.ts";

export type InitOptions = {
  readonly bin: string;
  readonly account: Account | null;
  readonly user: string;
  readonly password: string;
  /** False for a throw-away server. */
  readonly durable: boolean;
};

/** `draft` has been made for it beforehand, owned by the account; it becomes the data directory. */
export async function initData(layout: Layout, draft: string, options: InitOptions): Promise<void> {
  if (options.account === null) requireUserName();
  const passwordFile = join(layout.directory, `${unfinished.passwordFile}${process.pid}`);
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  await cleaningUp(
    async () => {
      if (options.account !== null) chownSync(passwordFile, options.account.uid, options.account.gid);
      const args = [...(await localeArguments(options)), "-D", draft, "-E", "UTF8", "-A", "scram-sha-256"];
      args.push("-U", options.user, `--pwfile=${passwordFile}`, "--no-instructions");
      if (!options.durable) args.push("--no-sync");
      const result = await runCommand(program(options.bin, "initdb"), args, options.account, layout.directory);
      if (result.status !== 0) {
        throw new RowhaulError("EMBEDDED_FAILED", "initdb could not make the data directory.", {
          details: result.output.split("\n").slice(-8),
        });
      }
    },
    () => rmSync(passwordFile, { force: true }),
  );
  renameSync(draft, layout.data);
}

/** The data directory's major version, null when it is not PostgreSQL's. */
export function dataVersion(data: string): string | null {
  const file = join(data, "PG_VERSION");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

export async function binariesVersion(bin: string, account: Account | null): Promise<string> {
  const { output } = await runCommand(program(bin, "postgres"), ["--version"], account, "/");
  return /\d+(\.\d+)?/.exec(output)?.[0] ?? "";
}

/** The builtin provider sorts alike on every system. It came with PostgreSQL 17; before, C.UTF-8 of the C library. */
async function localeArguments({ bin, account }: InitOptions): Promise<string[]> {
  const major = Number.parseInt(await binariesVersion(bin, account), 10);
  if (major < 17) return ["--locale=C.UTF-8"];
  return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
}

/** initdb asks the system for its user's name; in a container started with a bare uid there is none. */
function requireUserName(): void {
  try {
    userInfo();
  } catch {
    throw new RowhaulError(
      "EMBEDDED_FAILED",
      `The current user (uid ${process.getuid?.()}) has no name on this system, and initdb needs one.`,
      { hint: "Run as a user of /etc/passwd (root will do), or name a running PostgreSQL as the target." },
    );
  }
}
