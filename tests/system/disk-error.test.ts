import { expect, test } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { diskError, isOutOfSpace, onDisk } from "../../src/system/disk-error.ts";

const coded = (code: string | number): Error => Object.assign(new Error("it failed"), { code });
const described = (thrown: unknown): unknown => {
  const error = diskError("the snapshot /tmp/a.db", thrown);
  return error instanceof RowhaulError ? [error.code, error.message, error.cause === thrown] : error;
};

test.each(["ENOSPC", "EDQUOT", "SQLITE_FULL"])("%s: no space is left", (code) => {
  expect(described(coded(code))).toEqual(["LOCAL_DISK", "No space left for the snapshot /tmp/a.db.", true]);
  expect(isOutOfSpace(coded(code))).toBe(true);
});

test.each(["EACCES", "EROFS", "ENOTDIR", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN"])("%s: not to be written", (code) => {
  expect(described(coded(code))).toEqual(["LOCAL_DISK", "The snapshot /tmp/a.db cannot be written: it failed.", true]);
  expect(isOutOfSpace(coded(code))).toBe(false);
});

test.each([
  coded("SQLITE_CONSTRAINT"),
  coded("ERR_INVALID_ARG_TYPE"),
  coded(20),
  new Error("no code"),
  new RowhaulError("PLAN_INVALID", "Ours already."),
  null,
  undefined,
])("%s is no error of the disk", (thrown) => {
  expect(diskError("the snapshot", thrown)).toBe(thrown);
});

test("work that fails throws it, work that does not gives its result", () => {
  expect(onDisk("/tmp/x", () => 7)).toBe(7);
  const failing = (): never => {
    throw coded("EACCES");
  };
  expect(() => onDisk("/tmp/x", failing)).toThrow("/tmp/x cannot be written: it failed.");
});
