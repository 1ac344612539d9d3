/**
 * A server's URL, read with libpq's meanings of sslmode. node-postgres differs (no
 * sslmode means no TLS, `require` means verify), so the TLS settings are made here
 * and the query string never reaches it.
 */
import { isIP } from "node:net";
import type { PoolConfig } from "pg";
import { noteCredentials } from "../core/messages/credentials.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { schemeOf, urlExample, whyNotPostgres } from "../core/messages/url-scheme.ts";
import { isLocal, oneOf, tlsOf } from "./tls.ts";
import { checkParameters } from "./url-parameters.ts";
import { howToEncode, refuseUnencoded } from "./url-text.ts";

export type TargetAddress = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Host, port and database for messages: never the password. */
  readonly shown: string;
  /** As the URL names it; null = it does not. */
  readonly schema: string | null;
  /** How many connections there may be at once; null = not specified. */
  readonly connectionLimit: number | null;
  readonly config: PoolConfig;
};

/** Parts missing in the URL come from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE, PGSSLROOTCERT. */
export function parseTarget(text: string, env: NodeJS.ProcessEnv = process.env): TargetAddress {
  noteCredentials(text);
  const url = parse(text);
  const read = readerOf(url);
  const address = read("hostaddr");
  const host = read("host") ?? (decode(url.hostname) || address || env.PGHOST || "localhost");
  checkHost(host, address);
  const port = whole("port", read("port") ?? (url.port || env.PGPORT || "5432"));
  const user = decode(url.username) || read("user") || env.PGUSER || "postgres";
  const password = decode(url.password) || read("password") || env.PGPASSWORD;
  const database = decode(url.pathname.slice(1)) || read("dbname") || env.PGDATABASE || user;
  const limit = read("connection_limit");
  const config: PoolConfig = {
    host: (address ?? host).replace(/^\[|\]$/g, ""),
    port,
    user,
    database,
    // A name proves nothing about where an address leads.
    ssl: tlsOf(read, env, host, isLocal(address ?? host)),
    application_name: read("application_name") ?? "rowhaul",
    connectionTimeoutMillis: whole("connect_timeout", read("connect_timeout") ?? "10") * 1000,
    keepAlive: read("keepalives") !== "0",
  };
  // By default the system waits for two hours; what stands in between forgets a silent connection much earlier.
  config.keepAliveInitialDelayMillis = whole("keepalives_idle", read("keepalives_idle") ?? "10") * 1000;
  if (oneOf("sslnegotiation", read("sslnegotiation"), ["postgres", "direct"]) === "direct") {
    if (config.ssl === false)
      throw new RowhaulError("USAGE", "The URL says sslnegotiation=direct, but the connection would have no TLS.", {
        hint: "Add sslmode=require, or leave sslnegotiation out.",
      });
    config.sslnegotiation = "direct";
  }
  bindChannel(config, oneOf("channel_binding", read("channel_binding"), ["disable", "prefer", "require"]));
  if (password !== undefined && password !== "") config.password = password;
  const options = read("options");
  // Every statement names its schema, so a search path in the URL would be silently ignored.
  if (options !== null && /search_path/i.test(options))
    throw new RowhaulError("USAGE", "The URL's options set a search_path, which decides nothing here.", {
      hint: "Name the schema by schema=… in the URL, or by target.schema in the pipeline file.",
    });
  if (options !== null) config.options = options;
  return {
    host,
    port,
    database,
    user,
    shown: `${host}:${port}/${database}`,
    schema: schemaOf(url),
    connectionLimit: limit === null ? null : Math.max(1, whole("connection_limit", limit)),
    config,
  };
}

/** Channel binding rules out a man in the middle: only TLS has a channel to bind to. */
function bindChannel(config: PoolConfig, wanted: string | null): void {
  if (wanted === "require" && config.ssl === false)
    throw new RowhaulError("USAGE", "The URL says channel_binding=require, but the connection would have no TLS.", {
      hint: "Add sslmode=require, or leave channel_binding out.",
    });
  if (wanted !== null && wanted !== "disable" && config.ssl !== false) config.enableChannelBinding = true;
}

/** The schema that a URL names; null = none, or it is no URL. Throws USAGE for parameters that are not understood, and where a password's end is unclear. */
export function schemaOfUrl(text: string): string | null {
  refuseUnencoded(text);
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!isPostgres(url)) return null;
  checkParameters(url.searchParams);
  return schemaOf(url);
}

function schemaOf(url: URL): string | null {
  const schema = url.searchParams.get("schema");
  if (schema === "") throw new RowhaulError("USAGE", "The URL's parameter schema is empty.");
  if (schema?.startsWith("pg_"))
    throw new RowhaulError("USAGE", `The URL says schema=${schema}; names that begin with pg_ belong to PostgreSQL.`);
  return schema;
}

function isPostgres({ protocol }: URL): boolean {
  return protocol === "postgres:" || protocol === "postgresql:";
}

function readerOf(url: URL): (name: string) => string | null {
  checkParameters(url.searchParams);
  // Like libpq: an empty one is as good as none.
  return (name) => url.searchParams.get(name) || null;
}

function checkHost(host: string, address: string | null): void {
  if (host.includes(",") || address?.includes(","))
    throw new RowhaulError("USAGE", "The URL names several hosts.", { hint: "Name the one server that is meant." });
  if (address !== null && isIP(address) === 0)
    throw new RowhaulError("USAGE", `hostaddr=${address} is no IP address.`, {
      hint: "Names belong in the URL's host.",
    });
}

/** Errors do not repeat the text: it may hold a password. */
function parse(text: string): URL {
  const scheme = schemeOf(text);
  if (scheme === null)
    throw new RowhaulError("USAGE", `What stands for a server is no URL. It looks like ${urlExample}.`, {
      hint: howToEncode,
    });
  if (scheme !== "postgres" && scheme !== "postgresql") {
    const { message, hint } = whyNotPostgres(scheme);
    throw new RowhaulError("USAGE", message, { hint });
  }
  refuseUnencoded(text);
  if (URL.canParse(text)) return new URL(text);
  throw new RowhaulError("USAGE", `The PostgreSQL URL cannot be read. It looks like ${urlExample}.`, {
    hint: howToEncode,
  });
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
