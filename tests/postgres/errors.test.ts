import { describe, expect, it } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { targetError } from "../../src/postgres/errors.ts";

const server = (code: string) =>
  Object.assign(new Error("it said no"), { code, severity: "ERROR", detail: "a detail" });
const socket = (code: string, message = `connect ${code}`) => Object.assign(new Error(message), { code });

describe("what PostgreSQL and the network say", () => {
  it.each([
    [server("28P01"), "TARGET_AUTH"],
    [server("28000"), "TARGET_AUTH"],
    [server("3D000"), "TARGET_NO_DATABASE"],
    [server("42501"), "TARGET_PERMISSION"],
    [server("53100"), "TARGET_DISK_FULL"],
    [server("55P03"), "LOCK_TIMEOUT"],
    [server("23505"), "CONSTRAINT_VIOLATED"],
    [server("23503"), "CONSTRAINT_VIOLATED"],
    [server("57P01"), "CONNECTION_LOST"],
    [server("57P03"), "CONNECTION_LOST"],
    [server("08006"), "CONNECTION_LOST"],
    [server("53300"), "CONNECTION_LOST"],
    [server("42P01"), "TARGET_REFUSED"],
    [server("22021"), "TARGET_REFUSED"],
    [server("XX000"), "LOAD_FAILED"],
    [socket("ECONNREFUSED"), "TARGET_UNREACHABLE"],
    [socket("ENOTFOUND"), "TARGET_UNREACHABLE"],
    [socket("ENOENT"), "TARGET_UNREACHABLE"],
    [new Error("timeout expired"), "TARGET_UNREACHABLE"],
    [socket("ECONNRESET"), "CONNECTION_LOST"],
    [socket("EPIPE"), "CONNECTION_LOST"],
    [new Error("Connection terminated unexpectedly"), "CONNECTION_LOST"],
    [new Error("The server does not support SSL connections"), "TARGET_TLS"],
    [socket("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"), "TARGET_TLS"],
    [socket("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match"), "TARGET_TLS"],
    [new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"), "TARGET_AUTH"],
  ])("%s is %s", (thrown, code) => {
    const error = targetError(thrown, "loading t");
    expect(error).toBeInstanceOf(RowhaulError);
    expect((error as RowhaulError).code).toBe(code);
    expect((error as RowhaulError).message).toMatch(/^While loading t: /);
    expect((error as RowhaulError).cause).toBe(thrown);
  });

  it("keeps the server's detail and SQLSTATE", () => {
    const error = targetError(server("23505"), "adding a key", { table: "t" }) as RowhaulError;
    expect([error.message, error.details, error.place]).toEqual([
      "While adding a key: it said no (SQLSTATE 23505).",
      ["a detail"],
      { table: "t" },
    ]);
  });

  it("has words for a host whose every address failed", () => {
    const each = [
      socket("ECONNREFUSED", "connect ECONNREFUSED ::1:1"),
      socket("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"),
    ];
    const thrown = Object.assign(new AggregateError(each), { code: "ECONNREFUSED" });
    expect((targetError(thrown, "connecting") as RowhaulError).message).toBe(
      "While connecting: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1.",
    );
  });

  it("leaves our own errors, aborts and defects alone", () => {
    const abort = new DOMException("stop", "AbortError");
    for (const thrown of [new RowhaulError("LEASE_LOST", "x"), abort, new TypeError("x is not a function"), "text"])
      expect(targetError(thrown, "loading")).toBe(thrown);
  });
});
