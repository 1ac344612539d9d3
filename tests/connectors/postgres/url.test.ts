import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../src/connectors/postgres/url.ts";
import { errorOf, freshPath } from "../scratch.ts";

const none: NodeJS.ProcessEnv = {};

describe("a target URL", () => {
  it("has host, port, user, password and database", () => {
    const { host, port, user, database, shown, config } = parseTarget(
      "postgres://u:p@db.example:6000/shop?sslmode=disable",
      none,
    );
    expect([host, port, user, database, shown, config.password]).toEqual([
      "db.example",
      6000,
      "u",
      "shop",
      "db.example:6000/shop",
      "p",
    ]);
  });

  it("may encode any character", () => {
    const name = "a@b/c:d#e?f%g&h=i j\"k'é";
    const coded = encodeURIComponent(name);
    const { user, database, config } = parseTarget(`postgresql://${coded}:${coded}@localhost/${coded}`, none);
    expect([user, config.password, database]).toEqual([name, name, name]);
  });

  it("keeps a percent sign that encodes nothing", () => {
    expect(parseTarget("postgres://u:100%@localhost/d", none).config.password).toBe("100%");
  });

  it.each([
    ["postgres:///d?host=/var/run/postgresql&port=5433", ["/var/run/postgresql", 5433, "/var/run/postgresql"]],
    ["postgres://[::1]:5433/d", ["[::1]", 5433, "::1"]],
    ["postgres://127.0.0.1/d", ["127.0.0.1", 5432, "127.0.0.1"]],
  ])("%s", (url, [host, port, connected]) => {
    const found = parseTarget(url, none);
    expect([found.host, found.port, found.config.host, found.config.ssl]).toEqual([host, port, connected, false]);
  });

  it("takes what is missing from the environment, and what is there from itself", () => {
    const env = {
      PGHOST: "pg.example",
      PGPORT: "6543",
      PGUSER: "ann",
      PGPASSWORD: "secret",
      PGDATABASE: "shop",
      PGSSLMODE: "disable",
    };
    const bare = parseTarget("postgres://", env);
    expect([bare.host, bare.port, bare.user, bare.database, bare.config.password, bare.config.ssl]).toEqual([
      "pg.example",
      6543,
      "ann",
      "shop",
      "secret",
      false,
    ]);
    const full = parseTarget("postgres://u:p@localhost:1/d?sslmode=require", env);
    expect([full.host, full.port, full.user, full.database, full.config.password]).toEqual([
      "localhost",
      1,
      "u",
      "d",
      "p",
    ]);
    expect(full.config.ssl).toEqual({ rejectUnauthorized: false });
    expect(parseTarget("postgres://ann@localhost", none).database).toBe("ann");
  });

  it("hands on session options", () => {
    expect(parseTarget("postgres://localhost/d?options=endpoint%3Dx", none).config.options).toBe("endpoint=x");
  });
});

describe("sslmode", () => {
  const ca = freshPath("ca.pem");
  writeFileSync(ca, "CERTIFICATE");
  const ssl = (host: string, query: string): unknown => {
    const found = parseTarget(`postgres://u@${host}/d${query}`, none).config.ssl;
    if (typeof found !== "object") return found;
    const { checkServerIdentity, ...rest } = found;
    return { ...rest, ...(checkServerIdentity === undefined ? {} : { anyName: true }) };
  };

  it.each([
    ["localhost", "", false],
    ["localhost", "?sslmode=prefer", false],
    ["localhost", "?sslmode=require", { rejectUnauthorized: false }],
    ["db.example", "", { rejectUnauthorized: true, servername: "db.example" }],
    ["db.example", "?sslmode=disable", false],
    ["db.example", "?sslmode=require", { rejectUnauthorized: false }],
    [
      "db.example",
      `?sslmode=require&sslrootcert=${ca}`,
      { rejectUnauthorized: true, ca: "CERTIFICATE", anyName: true },
    ],
    [
      "db.example",
      `?sslmode=verify-ca&sslrootcert=${ca}`,
      { rejectUnauthorized: true, ca: "CERTIFICATE", anyName: true },
    ],
    [
      "db.example",
      `?sslmode=verify-full&sslrootcert=${ca}`,
      { rejectUnauthorized: true, ca: "CERTIFICATE", servername: "db.example" },
    ],
    ["db.example", "?sslmode=verify-full&sslrootcert=system", { rejectUnauthorized: true, servername: "db.example" }],
  ])("%s %s", (host, query, wanted) => {
    expect(ssl(host, query)).toEqual(wanted);
  });

  it("must be one of libpq's", async () => {
    const error = await errorOf(() => parseTarget("postgres://u:hush@db/d?sslmode=yes", none));
    expect([error.code, error.message]).toEqual([
      "USAGE",
      "sslmode=yes is not known; it is one of disable, allow, prefer, require, verify-ca, verify-full.",
    ]);
  });

  it("names a certificate that is not there", async () => {
    const error = await errorOf(() => parseTarget("postgres://u:hush@db/d?sslrootcert=/no/such.pem", none));
    expect([error.code, error.message.includes("/no/such.pem")]).toEqual(["TARGET_TLS", true]);
  });
});

describe("a URL that cannot be read", () => {
  it.each([
    "postgres://u:hush@host:port/d",
    "host with hush",
    "mysql://u:hush@localhost/d",
    "postgres://u:hush@h?port=abc",
    "postgres://u:hush@h?sslmode=disable&connect_timeout=soon",
  ])("%s is refused without its password", async (url) => {
    const error = await errorOf(() => parseTarget(url, none));
    expect(error.code).toBe("USAGE");
    expect(`${error.message} ${error.hint} ${error.details.join(" ")} ${String(error.cause)}`).not.toContain("hush");
  });
});
