/** No spelling of an address keeps its password, and texts without one are left alone. */
import { describe, expect, it } from "vitest";
import { hideCredentials, noteCredentials, withoutCredentials } from "../../../src/core/messages/credentials.ts";
import { RowhaulError } from "../../../src/core/messages/errors.ts";

const addresses = [
  "postgres://me:S3CRET@h/db",
  "postgres:/me:S3CRET@h/db",
  "postgres:me:S3CRET@h/db",
  "postgres:///me:S3CRET@h/db",
  "POSTGRES://me:S3CRET@h/db",
  "postgresql+psycopg2://me:S3CRET@h/db",
  "postgres://me:%S3CRET%zz@h/db",
  "postgres://me:a@S3CRET@h/db",
  "postgres://me:a/S3CRET#x?y@h/db",
  "postgres://:S3CRET@h/db",
  "postgres://me:S3CRET@[::1]:5432/db",
  "jdbc:postgresql://h/db?user=me&password=S3CRET",
  "jdbc:postgresql://me:S3CRET@h/db",
  "postgres://h/db?sslmode=require&password=S3CRET",
  "postgres://h/db?sslpassword=S3CRET&x=1",
  "host=h user=me password=S3CRET dbname=db",
  "host=h password = 'S3CRET with \\' a quote' dbname=db",
  'host=h PASSWORD="S3CRET with a space"',
  "PGPASSWORD=S3CRET",
  "mysql://me:S3CRET@h/db",
  "mongodb+srv://me:S3CRET@h/db",
  "redis://:S3CRET@h:6379",
  "https://me:S3CRET@h/path",
  "https://hooks.example/x?token=S3CRET",
  "https://proxy/?to=postgres://me:S3CRET@h/db",
  "postgres://me:x@postgres://me:S3CRET@h/db",
];

describe("an address", () => {
  it.each(addresses)("%s", (address) => {
    for (const text of [address, `There is no file at ${address}.`, `"${address}"`, JSON.stringify({ at: address })])
      expect(hideCredentials(text)).not.toContain("S3CRET");
    expect(new RowhaulError("USAGE", address, { hint: address, details: [address] })).toMatchObject({
      message: expect.not.stringContaining("S3CRET"),
      hint: expect.not.stringContaining("S3CRET"),
      details: [expect.not.stringContaining("S3CRET")],
    });
  });

  it.each([
    "postgres://me:two words S3CRET@h/db",
    "postgres://me:line\nS3CRET@h/db",
    "postgres:/me:quote'S3CRET\"@h/db",
  ])("that was given: %j", (address) => {
    noteCredentials(address);
    const [, password = ""] = /:([^:]*)@/.exec(address) ?? [];
    for (const text of [address, `wrong: ${password}`, JSON.stringify({ is: password }), encodeURIComponent(password)])
      expect(hideCredentials(text)).not.toContain("S3CRET");
  });
});

it("keeps everything else", () => {
  for (const text of [
    "A server's URL looks like postgres://user:password@host:5432/database.",
    "postgres://me@localhost:5432/app → 127.0.0.1:5432/app, as me",
    "Run `rowhaul copy app.db postgres://me@h/db?sslmode=require`: a password in a URL must be encoded.",
    "https://example.org:8080/a@b and c@example.org",
    "users.password: 3 values; the password is wrong",
    "customers.email id=1: a@b.example ≠ c@d.example",
    "snapshot: sha256 d047502782da… (0.00 s)",
    "postgres: no password",
  ])
    expect(hideCredentials(text)).toBe(text);
});

it("of plain data is taken out wherever it stands, and nothing else is changed", () => {
  const at = new Date(0);
  expect(withoutCredentials({ a: ["x", { b: "postgres://me:S3CRET@h" }], n: 1, none: null, at })).toEqual({
    a: ["x", { b: "postgres://me:***@h" }],
    n: 1,
    none: null,
    at,
  });
});
