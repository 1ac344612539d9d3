import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseTarget, schemaOfUrl } from "../../src/postgres/url.ts";
import { errorOf, freshPath } from "../support/scratch-database.ts";

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

  it("hands on session options", async () => {
    expect(parseTarget("postgres://localhost/d?options=endpoint%3Dx", none).config.options).toBe("endpoint=x");
    // Rows would not go there: each statement names its schema.
    const error = await errorOf(() => parseTarget("postgres://localhost/d?options=-csearch_path%3Dapp", none));
    expect([error.code, error.hint]).toEqual([
      "USAGE",
      "Name the schema by schema=… in the URL, or by target.schema in the pipeline file.",
    ]);
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

describe("Prisma's TLS parameters", () => {
  const file = (name: string): string => {
    const path = freshPath(name);
    writeFileSync(path, name);
    return path;
  };
  const ca = file("ca.pem");
  const ssl = (host: string, query: string): unknown => parseTarget(`postgres://u@${host}/d?${query}`, none).config.ssl;

  it.each([
    ["localhost", "sslmode=prefer&sslaccept=strict", false],
    ["db.example", "sslmode=disable&sslaccept=strict", false],
    ["db.example", "sslmode=prefer&sslaccept=strict", { rejectUnauthorized: true, servername: "db.example" }],
    ["db.example", "sslmode=require&sslaccept=strict", { rejectUnauthorized: true, servername: "db.example" }],
    ["db.example", "sslaccept=accept_invalid_certs", { rejectUnauthorized: false }],
    ["db.example", "sslmode=require&sslaccept=accept_invalid_certs", { rejectUnauthorized: false }],
    [
      "db.example",
      `sslaccept=strict&sslcert=${ca}`,
      { rejectUnauthorized: true, servername: "db.example", ca: "ca.pem" },
    ],
    ["db.example", `sslaccept=accept_invalid_certs&sslcert=${ca}`, { rejectUnauthorized: false }],
  ])("%s %s", (host, query, wanted) => {
    expect(ssl(host, query)).toEqual(wanted);
  });

  it("give the client's identity", () => {
    const identity = file("id.p12");
    expect(ssl("localhost", `sslidentity=${identity}&sslpassword=hush`)).toEqual({
      pfx: Buffer.from("id.p12"),
      passphrase: "hush",
      rejectUnauthorized: false,
    });
  });

  it("and libpq's give its certificate and key", () => {
    const [cert, key] = [file("c.pem"), file("k.pem")];
    expect(ssl("db.example", `sslcert=${cert}&sslkey=${key}&ssl_min_protocol_version=TLSv1.3`)).toEqual({
      cert: Buffer.from("c.pem"),
      key: Buffer.from("k.pem"),
      minVersion: "TLSv1.3",
      rejectUnauthorized: true,
      servername: "db.example",
    });
  });

  it.each([
    [`sslcert=${ca}`, "The URL has sslcert without sslkey."],
    [`sslkey=${ca}`, "The URL has sslkey without sslcert."],
    [
      "sslmode=verify-full&sslaccept=accept_invalid_certs",
      "The URL says sslmode=verify-full and sslaccept=accept_invalid_certs.",
    ],
    ["sslaccept=maybe", "sslaccept=maybe is not known; it is one of strict, accept_invalid_certs."],
    ["ssl=false", "Of the URL's parameter ssl, only true is known."],
    [
      "sslmode=disable&sslnegotiation=direct",
      "The URL says sslnegotiation=direct, but the connection would have no TLS.",
    ],
  ])("%s is refused", async (query, message) => {
    const error = await errorOf(() => ssl("db.example", query));
    expect([error.code, error.message]).toEqual(["USAGE", message]);
  });

  it("do not take an address for this host by its name", () => {
    const found = parseTarget("postgres://u@localhost/d?hostaddr=203.0.113.5", none);
    expect([found.host, found.config.host, found.config.ssl]).toEqual([
      "localhost",
      "203.0.113.5",
      { rejectUnauthorized: true, servername: "localhost" },
    ]);
  });
});

describe("a URL's parameters", () => {
  it("that concern rowhaul are applied", () => {
    const url =
      "postgres://u@localhost/d?application_name=shop&connect_timeout=3&keepalives_idle=7&connection_limit=4&schema=app&client_encoding=UTF8";
    const { schema, connectionLimit, config } = parseTarget(url, none);
    expect([schema, connectionLimit, config.application_name, config.connectionTimeoutMillis]).toEqual([
      "app",
      4,
      "shop",
      3000,
    ]);
    expect([config.keepAlive, config.keepAliveInitialDelayMillis]).toEqual([true, 7000]);
    expect(parseTarget("postgres://localhost/d?keepalives=0", none).config.keepAlive).toBe(false);
  });

  it.each([
    "pgbouncer=true&pool_timeout=10&socket_timeout=5&statement_cache_size=0",
    "target_session_attrs=read-write&gssencmode=disable&channel_binding=prefer&load_balance_hosts=disable",
    "tcp_user_timeout=1&keepalives_count=2&keepalives_interval=3&sslsni=1&uselibpqcompat=true&statement_timeout=5",
  ])("that concern only the application are left to it: %s", (query) => {
    expect(parseTarget(`postgres://localhost/d?${query}`, none)).toEqual(parseTarget("postgres://localhost/d", none));
  });

  it("bind the login to the TLS connection, as Neon's URLs ask for", async () => {
    const over = (query: string) => parseTarget(`postgres://db.example/d?${query}`, none).config.enableChannelBinding;
    expect([over("channel_binding=require"), over("channel_binding=prefer"), over("channel_binding=disable")]).toEqual([
      true,
      true,
      undefined,
    ]);
    const error = await errorOf(() => parseTarget("postgres://localhost/d?channel_binding=require", none));
    expect([error.code, error.message]).toEqual([
      "USAGE",
      "The URL says channel_binding=require, but the connection would have no TLS.",
    ]);
  });

  it.each([
    "service=x",
    "passfile=/x",
    "require_auth=scram-sha-256",
    "target_session_attrs=standby",
    "sslcrl=/x",
    "gssencmode=require",
    "requirepeer=postgres",
    "client_encoding=LATIN1",
    "sslsni=0",
    "sslcertmode=require",
  ])("that cannot be honoured are refused by name: %s", async (query) => {
    const error = await errorOf(() => parseTarget(`postgres://localhost/d?${query}`, none));
    expect([error.code, error.message]).toEqual([
      "USAGE",
      `The URL's parameter ${query.split("=")[0]} asks for what rowhaul cannot do.`,
    ]);
    expect(error.hint).not.toBe("");
  });

  it.each([
    ["shcema=app", `The URL's parameter "shcema" is not known; did you mean "schema"?`],
    ["sslMode=require", `The URL's parameter "sslMode" is not known; did you mean "sslmode"?`],
    ["__proto__=1", `The URL's parameter "__proto__" is not known`],
    ["colour=red", `The URL's parameter "colour" is not known`],
    ["hush of a password!=1", "A parameter of the URL is not known"],
    ["schema=a&schema=b", "The URL's parameter schema is given twice, with different values."],
    ["schema=", "The URL's parameter schema is empty."],
    ["schema=pg_catalog", "The URL says schema=pg_catalog; names that begin with pg_ belong to PostgreSQL."],
    ["host=a,b", "The URL names several hosts."],
    ["hostaddr=db.example", "hostaddr=db.example is no IP address."],
  ])("that nobody knows are refused: %s", async (query, message) => {
    const error = await errorOf(() => parseTarget(`postgres://localhost/d?${query}`, none));
    expect([error.code, error.message]).toEqual(["USAGE", message]);
  });

  it("name the schema", () => {
    expect(schemaOfUrl("postgresql://u:p@h/d?schema=app")).toBe("app");
    expect(schemaOfUrl("postgres://h/d?schema=My%20App")).toBe("My App");
    expect(schemaOfUrl("postgres://h/d")).toBeNull();
    expect(schemaOfUrl("mysql://h/d?charset=x")).toBeNull();
    expect(schemaOfUrl("no url")).toBeNull();
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

describe("a URL whose password is not percent-encoded", () => {
  it.each([
    ["a slash", "postgres://me:12/S3CRET@db.example:5432/app", "a / before the @"],
    ["a slash behind letters", "postgres://me:ab/S3CRET@db.example:5432/app", "a / before the @"],
    ["a slash and an @", "postgres://me:p@ss/S3CRET@db.example/app", "several @"],
    ["an @", "postgres://me:p@S3CRET@db.example/app", "several @"],
    ["a hash", "postgres://me:1#S3CRET@db.example/app", "a #"],
    ["nothing before the hash", "postgres://me:#S3CRET@db.example/app", "a #"],
    ["a question mark", "postgres://me:1?S3CRET@db.example/app", "a ? before the @"],
    ["a question mark and an equals sign", "postgres://me:1?user=S3CRET@db.example/app", "a ? before the @"],
    ["an @ in the database", "postgresql://me:x@db.example/S3CRET@app", "several @"],
    ["a hash in a parameter", "postgres://db.example/app?password=1#S3CRET", "a #"],
    ["one slash behind the scheme", "postgres:/me:S3CRET@db.example/app", "two slashes are missing"],
    ["a bracket", "postgres://me:x@[S3CRET@db.example/app", "several @"],
    ["a port that is none", "postgres://me:S3CRET/app", "It looks like postgres://user:password@host"],
  ])("is refused for %s, and nothing of it is repeated", async (_, url, why) => {
    for (const read of [() => parseTarget(url, none), () => schemaOfUrl(url) ?? parseTarget(url, none)]) {
      const error = await errorOf(read);
      expect(error.code).toBe("USAGE");
      expect(error.message).toContain(why);
      expect(error.hint).toContain("/ is %2F, # is %23, @ is %40");
      expect(`${error.message} ${error.hint} ${error.details}`).not.toMatch(/S3CRET|db\.example/);
    }
  });

  it("is none where an @ stands in a parameter's value", () => {
    const found = parseTarget("postgres://localhost/app?user=me@tenant&password=p@ss", none);
    expect([found.user, found.config.password, found.shown]).toEqual(["me@tenant", "p@ss", "localhost:5432/app"]);
  });
});

describe("another store's URL", () => {
  it.each([
    ["mysql://me:S3CRET@h/d", "mysql:", "no MySQL", "pgloader"],
    ["mongodb+srv://me:S3CRET@h/d", "mongodb+srv:", "no MongoDB", "mongoexport"],
    ["sqlite:///S3CRET.db", "sqlite:", "given by its path", "such as app.db"],
    ["file:///S3CRET.db", "file:", "given by its path", "such as app.db"],
    ["https://h/S3CRET.db", "https:", "over a network", "Download"],
    ["jdbc:postgresql://h/d?password=S3CRET", "jdbc:", "names a driver", "postgres://user:password@host"],
    ["postgresql+psycopg2://me:S3CRET@h/d", "postgresql+psycopg2:", "names a driver", "postgres://user:password@host"],
    ["redis://:S3CRET@h", "redis:", "SQLite files, JSON files", "postgres://user:password@host"],
  ])("%s is named by its scheme, with what to do", async (url, scheme, why, todo) => {
    const error = await errorOf(() => parseTarget(url, none));
    expect([error.code, error.message]).toEqual(["USAGE", expect.stringContaining(`begins with ${scheme}`)]);
    expect(error.message).toContain(why);
    expect(error.hint).toContain(todo);
    expect(`${error.message} ${error.hint}`).not.toContain("S3CRET");
    expect(error.message).not.toContain("target");
  });
});
