/** TLS as libpq's sslmode means it, with Prisma's parameters beside it. */
import { readFileSync } from "node:fs";
import type { SecureVersion } from "node:tls";
import type { PoolConfig } from "pg";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof modes)[number];
const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const satisfies readonly SecureVersion[];

/** One parameter of the URL; null = absent or empty. */
type Read = (name: string) => string | null;

export function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || host.startsWith("127.") || host.startsWith("/");
}

/** `host`: by its name, `local`: it is this one. */
export function tlsOf(read: Read, env: NodeJS.ProcessEnv, host: string, local: boolean): PoolConfig["ssl"] {
  const accept = oneOf("sslaccept", read("sslaccept"), ["strict", "accept_invalid_certs"]);
  const own = ownCertificate(read);
  const authority = authorityOf(read, accept) ?? env.PGSSLROOTCERT ?? "";
  const mode = modeOf(read, env, local, accept, own !== null);
  // `prefer` and `allow` on this host: a plain connection gives away nothing.
  const plain = mode === "disable" || ((mode === "prefer" || mode === "allow") && local && own === null);
  if (plain) return false;
  const minVersion = oneOf("ssl_min_protocol_version", read("ssl_min_protocol_version"), versions);
  const maxVersion = oneOf("ssl_max_protocol_version", read("ssl_max_protocol_version"), versions);
  const common = {
    ...own,
    ...(minVersion === null ? {} : { minVersion }),
    ...(maxVersion === null ? {} : { maxVersion }),
  };
  // libpq's `system`: the authorities that the platform trusts; here those that Node does.
  const ca = authority === "" || authority === "system" ? {} : { ca: readPart("sslrootcert", authority).toString() };
  if (mode === "verify-full") return { ...common, ...ca, rejectUnauthorized: true, servername: host };
  // With a root certificate, libpq verifies the chain for `require` too, but never the name.
  if (mode === "verify-ca" || (authority !== "" && accept !== "accept_invalid_certs"))
    return { ...common, ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { ...common, rejectUnauthorized: false };
}

/** This host needs no TLS; any other gets a verified connection unless the URL says otherwise. */
function modeOf(
  read: Read,
  env: NodeJS.ProcessEnv,
  local: boolean,
  accept: string | null,
  certified: boolean,
): SslMode {
  const given = oneOf("sslmode", read("sslmode") ?? (env.PGSSLMODE || null), modes);
  const ssl = read("ssl");
  if (ssl !== null && !/^(true|1)$/.test(ssl))
    throw new RowhaulError("USAGE", "Of the URL's parameter ssl, only true is known.", {
      hint: "sslmode=disable connects without TLS, sslmode=require with it.",
    });
  const usual = local ? (ssl !== null || certified ? "require" : "prefer") : "verify-full";
  if (accept === null) return given ?? usual;
  if (accept === "accept_invalid_certs") {
    if (given === "verify-ca" || given === "verify-full")
      throw new RowhaulError("USAGE", `The URL says sslmode=${given} and sslaccept=accept_invalid_certs.`, {
        hint: "Leave one of them out.",
      });
    return given ?? (usual === "verify-full" ? "require" : usual);
  }
  const weak = given === null || given === "prefer" || given === "allow";
  return given === "disable" || (weak && usual === "prefer") ? (given ?? usual) : "verify-full";
}

/** sslcert is the client's certificate with libpq, and the authority's with Prisma: the other parameters tell which. */
function isPrismaAuthority(read: Read): boolean {
  return read("sslkey") === null && (read("sslaccept") !== null || read("sslidentity") !== null);
}

function authorityOf(read: Read, accept: string | null): string | null {
  if (read("sslrootcert") !== null) return read("sslrootcert");
  return isPrismaAuthority(read) && accept !== "accept_invalid_certs" ? read("sslcert") : null;
}

/** What the client proves itself with; null when it does not. */
function ownCertificate(read: Read): { cert?: Buffer; key?: Buffer; pfx?: Buffer; passphrase?: string } | null {
  const [cert, key, identity, password] = [read("sslcert"), read("sslkey"), read("sslidentity"), read("sslpassword")];
  const passphrase = password === null ? {} : { passphrase: password };
  if (identity !== null) return { pfx: readPart("sslidentity", identity), ...passphrase };
  if (cert !== null && key !== null)
    return { cert: readPart("sslcert", cert), key: readPart("sslkey", key), ...passphrase };
  if (key !== null || (cert !== null && !isPrismaAuthority(read)))
    throw new RowhaulError(
      "USAGE",
      `The URL has ${key === null ? "sslcert without sslkey" : "sslkey without sslcert"}.`,
      {
        hint: "A client's certificate needs both; the certificate of the server's authority is sslrootcert.",
      },
    );
  return null;
}

function readPart(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new RowhaulError("TARGET_TLS", `${name} ${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

export function oneOf<T extends string>(name: string, given: string | null, known: readonly T[]): T | null {
  if (given === null) return null;
  const found = known.find((one) => one === given);
  if (found === undefined)
    throw new RowhaulError("USAGE", `${name}=${given} is not known; it is one of ${known.join(", ")}.`);
  return found;
}
