/**
 * Every parameter that a PostgreSQL URL may carry, by libpq, Prisma or node-postgres, and what becomes of it here.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 * https://www.prisma.io/docs/orm/overview/databases/postgresql
 */
import { RowhaulError } from "../core/messages/errors.ts";
import { nearest } from "../core/messages/nearest.ts";

/**
 * `here`: applied to rowhaul's own connections. `application`: means nothing to rowhaul, and stays in the URL that the
 * application is given. A function: which values cannot be honoured, and what to do instead.
 */
type Use = "here" | "application" | ((value: string) => string | null);

const refused =
  (hint: string, ...fine: readonly string[]): Use =>
  (value) =>
    value === "" || fine.includes(value.toLowerCase()) ? null : hint;

const credentials = "Write user and password into the URL, or set PGUSER and PGPASSWORD.";
const revocation = "Revocation lists are not looked at; leave it out, or connect where the list need not be asked.";

const uses: Readonly<Record<string, Use>> = {
  application_name: "here",
  connect_timeout: "here",
  connection_limit: "here",
  dbname: "here",
  host: "here",
  hostaddr: "here",
  keepalives: "here",
  keepalives_idle: "here",
  options: "here",
  password: "here",
  port: "here",
  schema: "here",
  ssl: "here",
  ssl_max_protocol_version: "here",
  ssl_min_protocol_version: "here",
  sslaccept: "here",
  sslcert: "here",
  sslidentity: "here",
  sslkey: "here",
  sslmode: "here",
  sslnegotiation: "here",
  sslpassword: "here",
  sslrootcert: "here",
  user: "here",
  channel_binding: "here",

  fallback_application_name: "application",
  gssdelegation: "application",
  gsslib: "application",
  idle_in_transaction_session_timeout: "application",
  keepalives_count: "application",
  keepalives_interval: "application",
  krbsrvname: "application",
  load_balance_hosts: "application",
  lock_timeout: "application",
  max_protocol_version: "application",
  pgbouncer: "application",
  pool_timeout: "application",
  query_timeout: "application",
  socket_timeout: "application",
  sslcompression: "application",
  sslkeylogfile: "application",
  statement_cache_size: "application",
  statement_timeout: "application",
  tcp_user_timeout: "application",
  uselibpqcompat: "application",

  client_encoding: refused("rowhaul speaks UTF8: leave it out.", "utf8", "utf-8", "unicode", "auto"),
  gssencmode: refused(
    "Connections are encrypted by TLS only: leave it out, and choose an sslmode.",
    "disable",
    "prefer",
  ),
  min_protocol_version: refused("Protocol 3.0 is spoken: leave it out.", "3.0"),
  oauth_client_id: refused(credentials),
  oauth_client_secret: refused(credentials),
  oauth_issuer: refused(credentials),
  oauth_scope: refused(credentials),
  passfile: refused("Set PGPASSWORD, or write the password into the URL."),
  replication: refused("Leave it out: rows are read by statements.", "false", "off", "no", "0"),
  require_auth: refused("Which way of logging in the server asks for is not checked: leave it out."),
  requirepeer: refused("Who runs the server is not checked: leave it out."),
  scram_client_key: refused(credentials),
  scram_server_key: refused(credentials),
  service: refused("Write what the service says (host, port, database, user) into the URL."),
  servicefile: refused("Write what the service says (host, port, database, user) into the URL."),
  sslcertmode: refused("Leave it out: a certificate is sent where sslcert names one.", "allow"),
  sslcrl: refused(revocation),
  sslcrldir: refused(revocation),
  sslsni: refused("The server's name is always sent: leave it out.", "1"),
  target_session_attrs: refused(
    "Give the address of the one server that is meant, and leave it out.",
    "any",
    "read-write",
    "primary",
  ),
};

/** For the documentation: the parameters that are applied, left to the application, or refused unless harmless. */
export function parametersBy(use: "here" | "application" | "refused"): string[] {
  const of = (one: Use): string => (typeof one === "function" ? "refused" : one);
  return Object.keys(uses).filter((name) => of(uses[name] as Use) === use);
}

/** Throws USAGE for a parameter that is unknown, that cannot be honoured, or that is given two values. */
export function checkParameters(query: URLSearchParams): void {
  for (const name of new Set(query.keys())) {
    const use = Object.hasOwn(uses, name) ? uses[name] : undefined;
    if (use === undefined) throw unknown(name, [...query.values()]);
    const [value = "", ...more] = query.getAll(name);
    if (more.some((other) => other !== value))
      throw new RowhaulError("USAGE", `The URL's parameter ${name} is given twice, with different values.`);
    const hint = typeof use === "function" ? use(value) : null;
    // The value may be a secret.
    if (hint !== null)
      throw new RowhaulError("USAGE", `The URL's parameter ${name} asks for what rowhaul cannot do.`, { hint });
  }
}

function unknown(name: string, values: readonly string[]): RowhaulError {
  const meant = nearest(name.toLowerCase(), Object.keys(uses));
  // A name can hold anything, such as the rest of a password with an & or a ? in it; the host then stands in a value.
  const harmless = /^\w{1,40}$/.test(name) && !values.some((value) => value.includes("@"));
  const shown = harmless ? `The URL's parameter "${name}"` : "A parameter of the URL";
  return new RowhaulError(
    "USAGE",
    `${shown} is not known${meant === null || !harmless ? "" : `; did you mean "${meant}"?`}`,
    {
      hint:
        meant === null
          ? "Leave it out of the URL; & and ? in a password are written %26 and %3F."
          : `Write ${meant}=…, or leave it out of the URL.`,
    },
  );
}
