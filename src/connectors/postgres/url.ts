/**
 * A target URL, read with libpq's meanings of sslmode. node-postgres differs (no
 * sslmode means no TLS, `require` means verify), so the TLS settings are made here
 * and the query string never reaches it.
 */
import { readFileSync } from "node:fs";
import type { PoolConfig } from "pg";
import { messageOf, RowhaulError } from "../../core/errors.ts";

export type TargetAddress = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Host, port and database for messages: never the password. */
  readonly shown: string;
  readonly config: PoolConfig;
};

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof modes)[number];

/** Parts missing in the URL come from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE, PGSSLROOTCERT. */
export function parseTarget(text: string, env: NodeJS.ProcessEnv = process.env): TargetAddress {
  const url = parse(text);
  const query = url.searchParams;
  const host = query.get("host") ?? (decode(url.hostname) || env.PGHOST || "localhost");
  const port = whole("port", query.get("port") ?? (url.port || env.PGPORT || "5432"));
  const user = decode(url.username) || query.get("user") || env.PGUSER || "postgres";
  const password = decode(url.password) || query.get("password") || env.PGPASSWORD;
  const database = decode(url.pathname.slice(1)) || query.get("dbname") || env.PGDATABASE || user;
  const mode = sslMode(query.get("sslmode") ?? env.PGSSLMODE, host);
  const ssl = tls(mode, host, query.get("sslrootcert") ?? env.PGSSLROOTCERT);
  const config: PoolConfig = {
    host: host.replace(/^\[|\]$/g, ""),
    port,
    user,
    database,
    ssl,
    application_name: "rowhaul",
    connectionTimeoutMillis: whole("connect_timeout", query.get("connect_timeout") ?? "10") * 1000,
    keepAlive: true,
  };
  if (password !== undefined && password !== "") config.password = password;
  const options = query.get("options");
  if (options !== null) config.options = options;
  return { host, port, database, user, shown: `${host}:${port}/${database}`, config };
}

export function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || host.startsWith("127.") || host.startsWith("/");
}

function parse(text: string): URL {
  const wanted = "A target URL looks like postgres://user:password@host:5432/database.";
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text may hold a password, so it is not repeated.
    throw new RowhaulError("USAGE", `The target URL cannot be read. ${wanted}`, {
      hint: "Percent-encode special characters of the password (@ is %40, / is %2F, # is %23).",
    });
  }
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    throw new RowhaulError("USAGE", `The target URL begins with ${url.protocol} ${wanted}`);
  }
  return url;
}

/** This host needs no TLS; any other gets a verified connection unless sslmode says otherwise. */
function sslMode(given: string | null | undefined, host: string): SslMode {
  if (given === null || given === undefined || given === "") return isLocal(host) ? "prefer" : "verify-full";
  const mode = modes.find((name) => name === given);
  if (mode === undefined)
    throw new RowhaulError("USAGE", `sslmode=${given} is not known; it is one of ${modes.join(", ")}.`);
  return mode;
}

function tls(mode: SslMode, host: string, rootCertificate: string | null | undefined): PoolConfig["ssl"] {
  // `prefer` and `allow` on this host: a plain connection gives away nothing.
  if (mode === "disable" || ((mode === "prefer" || mode === "allow") && isLocal(host))) return false;
  // libpq's `system`: the authorities that the platform trusts; here those that Node does.
  const own = rootCertificate && rootCertificate !== "system";
  const ca = own ? { ca: readCertificate(rootCertificate) } : {};
  if (mode === "verify-full") return { ...ca, rejectUnauthorized: true, servername: host };
  // With a root certificate, libpq verifies the chain for `require` too, but never the name.
  if (mode === "verify-ca" || rootCertificate)
    return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new RowhaulError("TARGET_TLS", `sslrootcert ${path} cannot be read: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

function whole(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new RowhaulError("USAGE", `${name}=${text} is no whole number.`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
