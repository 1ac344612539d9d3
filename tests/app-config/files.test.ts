import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  applyEdit,
  dropBackup,
  type FileEdit,
  type PlannedEdit,
  planFileEdits,
  undoEdit,
} from "../../src/app-config/files.ts";
import { thrown } from "./support.ts";

const root = process.getuid?.() === 0;
const old = "# app\r\nDATABASE_URL='sqlite:old'\r\n";
const changed = "# app\r\nDATABASE_URL='postgres://u:se$cret@h/db'\r\n";
const set = { DATABASE_URL: "postgres://u:se$cret@h/db" };

let folder = "";
let env = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-files-"));
  env = join(folder, ".env");
  writeFileSync(env, old);
  chmodSync(env, 0o640);
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

/** Planned, and through JSON as the journal does it. */
function plan(edits: readonly FileEdit[] = [{ path: env, set }]): PlannedEdit {
  const [planned] = JSON.parse(JSON.stringify(planFileEdits(edits, "20260101T000000Z"))) as PlannedEdit[];
  if (!planned) throw new Error("nothing planned");
  return planned;
}
const edits = () => [{ path: env, set }];
const names = () => readdirSync(folder).sort();
const backupName = ".env.rowhaul-backup-20260101T000000Z";

test("planning touches nothing and holds no value", () => {
  const planned = plan();
  expect(names()).toEqual([".env"]);
  expect(planned).toMatchObject({ paths: [env], file: env, backup: join(folder, backupName), mode: 0o640 });
  expect(planned.before).toMatch(/^[0-9a-f]{64}$/);
  expect(planned.after).not.toBe(planned.before);
  expect(JSON.stringify(planned)).not.toMatch(/sqlite:|postgres:|cret/);
});

test("applied, undone, applied again, dropped", () => {
  const planned = plan();
  expect(applyEdit(planned, edits())).toBe(true);
  expect(readFileSync(env, "utf8")).toBe(changed);
  expect(statSync(env).mode & 0o7777).toBe(0o640);
  expect(readFileSync(planned.backup, "utf8")).toBe(old);
  expect(statSync(planned.backup).mode & 0o7777).toBe(0o600);
  expect(names()).toEqual([".env", backupName]);
  expect(applyEdit(planned, edits())).toBe(false);

  expect(undoEdit(planned)).toBe(true);
  expect(readFileSync(env, "utf8")).toBe(old);
  expect(statSync(env).mode & 0o7777).toBe(0o640);
  expect(undoEdit(planned)).toBe(false);

  expect(applyEdit(planned, edits())).toBe(true);
  dropBackup(planned);
  dropBackup(planned);
  expect(names()).toEqual([".env"]);
});

test("settings that are there already need no write and no backup", () => {
  writeFileSync(env, changed);
  const planned = plan();
  expect(planned.after).toBe(planned.before);
  expect(applyEdit(planned, edits())).toBe(false);
  expect(undoEdit(planned)).toBe(false);
  expect(names()).toEqual([".env"]);
});

test("several edits of one file are one, also through a symbolic link", () => {
  const link = join(folder, "linked.env");
  symlinkSync(".env", link);
  const both = [
    { path: env, set: { A: 1 } },
    { path: link, set: { A: 2, B: 3 } },
  ];
  expect(planFileEdits(both)).toHaveLength(1);
  const planned = plan(both);
  expect(planned.paths).toEqual([env, link]);
  applyEdit(planned, both);
  expect(readFileSync(env, "utf8")).toBe(`${old}A=2\r\nB=3\r\n`);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  undoEdit(planned);
  expect(readFileSync(link, "utf8")).toBe(old);
});

test("a symbolic link that leads elsewhere meanwhile stops the edit", () => {
  const link = join(folder, "linked.env");
  symlinkSync(".env", link);
  const linked = [{ path: link, set }];
  const planned = plan(linked);
  rmSync(link);
  writeFileSync(link, old);
  expect(thrown(() => applyEdit(planned, linked)).code).toBe("CUTOVER_FAILED");
});

describe("after a crash", () => {
  test("leftovers of any step do not stand in the way", () => {
    const planned = plan();
    writeFileSync(`${planned.backup}.tmp`, "half a ba");
    expect(applyEdit(planned, edits())).toBe(true);
    expect(names()).toEqual([".env", backupName]);
  });

  test("backup written, file not: apply and undo both go on", () => {
    const planned = plan();
    writeFileSync(planned.backup, old);
    writeFileSync(`${planned.backup}.tmp`, changed);
    expect(undoEdit(planned)).toBe(false);
    expect(names()).toEqual([".env", backupName]);
    expect(applyEdit(planned, edits())).toBe(true);
    expect(readFileSync(env, "utf8")).toBe(changed);
  });

  test("a crash while undoing: undo goes on", () => {
    const planned = plan();
    applyEdit(planned, edits());
    writeFileSync(`${planned.backup}.tmp`, old.slice(0, 5));
    expect(undoEdit(planned)).toBe(true);
    expect(readFileSync(env, "utf8")).toBe(old);
    expect(existsSync(`${planned.backup}.tmp`)).toBe(false);
  });
});

describe("what somebody else changed is left alone", () => {
  test("before applying", () => {
    const planned = plan();
    writeFileSync(env, "X=1\n");
    const error = thrown(() => applyEdit(planned, edits()));
    expect(error.code).toBe("CUTOVER_FAILED");
    expect(error.message).toBe(`${env} was changed since the cutover was planned.`);
    expect(names()).toEqual([".env"]);
  });

  test("before undoing", () => {
    const planned = plan();
    applyEdit(planned, edits());
    writeFileSync(env, `${changed}X=1\n`);
    const error = thrown(() => undoEdit(planned));
    expect(error.code).toBe("UNDO_FAILED");
    expect(error.details.join()).toContain(planned.backup);
    expect(readFileSync(env, "utf8")).toBe(`${changed}X=1\n`);
  });

  test("a backup that is gone or changed", () => {
    const planned = plan();
    applyEdit(planned, edits());
    writeFileSync(planned.backup, "x");
    expect(thrown(() => undoEdit(planned)).message).toBe(`${env} cannot be put back: its backup was changed.`);
    dropBackup(planned);
    expect(readFileSync(planned.backup, "utf8")).toBe("x");
    rmSync(planned.backup);
    expect(thrown(() => undoEdit(planned)).message).toBe(`${env} cannot be put back: its backup is gone.`);
    rmSync(env);
    expect(thrown(() => undoEdit(planned)).message).toBe(`${env} could not be put back (ENOENT).`);
  });

  test("a file in the backup's place is never overwritten", () => {
    const planned = plan();
    writeFileSync(planned.backup, "theirs");
    expect(thrown(() => applyEdit(planned, edits())).code).toBe("CUTOVER_FAILED");
    expect(readFileSync(planned.backup, "utf8")).toBe("theirs");
    expect(readFileSync(env, "utf8")).toBe(old);
    expect(plan().backup).toBe(`${planned.backup}-2`);
  });

  test("other settings than planned are not written", () => {
    const planned = plan();
    const error = thrown(() => applyEdit(planned, [{ path: env, set: { DATABASE_URL: "hidden" } }]));
    expect(error.code).toBe("CUTOVER_FAILED");
    expect(error.message).not.toContain("hidden");
    expect(names()).toEqual([".env"]);
  });
});

describe("planning refuses", () => {
  const refused = (path: string) => thrown(() => planFileEdits([{ path, set: { a: 1 } }])).message;

  test("a missing file, a folder, a broken link, a hard link", () => {
    const gone = join(folder, "gone.env");
    expect(refused(gone)).toBe(`${gone} does not exist.`);
    const directory = join(folder, "dir.env");
    mkdirSync(directory);
    expect(refused(directory)).toBe(`${directory} is not a regular file.`);
    const broken = join(folder, "broken.env");
    symlinkSync("nowhere", broken);
    expect(refused(broken)).toBe(`${broken} does not exist.`);
    linkSync(env, join(folder, "second.env"));
    expect(refused(env)).toBe(`${env} has several hard links, and the others would keep the old text.`);
  });

  test("bytes that are not UTF-8", () => {
    writeFileSync(env, Buffer.from([0x41, 0x3d, 0xff]));
    expect(refused(env)).toBe(`${env} is not UTF-8 text.`);
  });

  test("everything at once", () => {
    const json = join(folder, "a.json");
    writeFileSync(json, '{\n"a": secret}');
    const gone = join(folder, "gone.env");
    const error = thrown(() =>
      planFileEdits([edits()[0] ?? { path: "", set }, { path: json, set }, { path: gone, set }]),
    );
    expect(error.code).toBe("PIPELINE_INVALID");
    expect(error.message).toBe("2 configuration files cannot be edited as asked.");
    expect(error.details.join("\n")).toContain(`${gone} does not exist.`);
    expect(error.details.join("\n")).toContain(`${json}, line 2: not JSON`);
    expect(error.details.join("\n")).not.toContain("secret");
  });

  test.skipIf(root)("a folder that cannot be written to", () => {
    chmodSync(folder, 0o500);
    expect(refused(env)).toBe(`${env} is in a folder that cannot be written to.`);
  });
});

test("a folder that became read-only: nothing happens to the file", () => {
  // Root may write anywhere, so for the moment of writing it steps down.
  if (root) for (const path of [folder, env]) chownSync(path, 65534, 65534);
  const planned = plan();
  chmodSync(folder, 0o500);
  if (root) process.seteuid?.(65534);
  let error: ReturnType<typeof thrown>;
  try {
    error = thrown(() => applyEdit(planned, edits()));
  } finally {
    if (root) process.seteuid?.(0);
  }
  expect(error.code).toBe("CUTOVER_FAILED");
  expect(error.message).toBe(`${env} could not be rewritten (EACCES).`);
  expect(readFileSync(env, "utf8")).toBe(old);
  expect(names()).toEqual([".env"]);
});

test.runIf(root)("owner and group are kept by file and backup", () => {
  chownSync(env, 65534, 12345);
  const planned = plan();
  const owners = () => [env, planned.backup].map((path) => [statSync(path).uid, statSync(path).gid]);
  applyEdit(planned, edits());
  expect(owners()).toEqual([
    [65534, 12345],
    [65534, 12345],
  ]);
  undoEdit(planned);
  expect(owners()[0]).toEqual([65534, 12345]);
});

test.runIf(root)("another user's file is refused when its owner could not be kept", () => {
  chmodSync(folder, 0o777);
  chmodSync(env, 0o644);
  process.seteuid?.(65534);
  try {
    expect(thrown(() => plan()).message).toBe(`${env} belongs to another user, who might lose access to it.`);
  } finally {
    process.seteuid?.(0);
  }
});
