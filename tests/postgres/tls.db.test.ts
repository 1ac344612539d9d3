/** TLS with a server that has it: who it is, who we are, and what is refused. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Embedded, startEmbedded } from "../../src/embedded/index.ts";
import { serverAccount } from "../../src/embedded/programs/account.ts";
import { openPool } from "../../src/postgres/pool.ts";
import { inTransaction } from "../../src/postgres/transaction.ts";
import { parseTarget } from "../../src/postgres/url.ts";
import { errorOf, freshPath } from "../support/scratch-database.ts";

/** An authority, and a certificate of it for the server and for a client. */
const files = { ca: freshPath("ca.pem"), caKey: freshPath("ca.key") };
const serverFiles = { cert: freshPath("server.pem"), key: freshPath("server.key") };
const clientFiles = { cert: freshPath("client.pem"), key: freshPath("client.key"), p12: freshPath("client.p12") };

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

function sign(subject: string, { cert, key }: { readonly cert: string; readonly key: string }, names: string): void {
  const request = freshPath("request.csr");
  const extensions = freshPath("extensions");
  writeFileSync(extensions, `subjectAltName=${names}\n`);
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", `/CN=${subject}`);
  const authority = ["-CA", files.ca, "-CAkey", files.caKey, "-CAcreateserial"];
  openssl("x509", "-req", "-in", request, ...authority, "-days", "2", "-out", cert, "-extfile", extensions);
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)("a server with TLS", () => {
  let server: Embedded;
  beforeAll(async () => {
    const self = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority"];
    openssl("req", ...self, "-keyout", files.caKey, "-out", files.ca);
    sign("localhost", serverFiles, "DNS:localhost");
    sign("ann", clientFiles, "DNS:ann");
    openssl(
      ...["pkcs12", "-export", "-in", clientFiles.cert, "-inkey", clientFiles.key],
      ...["-out", clientFiles.p12, "-passout", "pass:hush"],
    );
    chmodSync(files.ca, 0o644);
    chmodSync(serverFiles.cert, 0o644);
    const account = serverAccount(null);
    if (account !== null) chownSync(serverFiles.key, account.uid, account.gid);
    server = await startEmbedded({
      directory: "temporary",
      settings: {
        ssl: "on",
        ssl_cert_file: serverFiles.cert,
        ssl_key_file: serverFiles.key,
        ssl_ca_file: files.ca,
      },
    });
  });
  afterAll(() => server.stop());

  /** Whether the connection is encrypted, by which version, and whom the server takes us for. */
  async function seen(host: string, parameters: string): Promise<unknown> {
    const url = new URL(server.url);
    url.host = `${host}:${server.port}`;
    const pool = openPool(parseTarget(`${url.href}?${parameters}`, {}), 1);
    try {
      return await inTransaction(pool, "looking", async (client) => {
        const { rows } = await client.query(
          "SELECT ssl, version, client_dn AS client FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()",
        );
        return rows[0];
      });
    } finally {
      await pool.end();
    }
  }

  it.each([
    ["", { ssl: false, version: null, client: null }],
    ["sslmode=require", { ssl: true, version: "TLSv1.3", client: null }],
    ["ssl=true&ssl_max_protocol_version=TLSv1.2", { ssl: true, version: "TLSv1.2", client: null }],
    [`sslmode=verify-full&sslrootcert=${files.ca}`, { ssl: true, version: "TLSv1.3", client: null }],
    [`sslmode=require&sslaccept=strict&sslcert=${files.ca}`, { ssl: true, version: "TLSv1.3", client: null }],
    [`sslcert=${clientFiles.cert}&sslkey=${clientFiles.key}`, { ssl: true, version: "TLSv1.3", client: "/CN=ann" }],
    [`sslidentity=${clientFiles.p12}&sslpassword=hush`, { ssl: true, version: "TLSv1.3", client: "/CN=ann" }],
  ])("%s", async (parameters, wanted) => {
    expect(await seen("localhost", parameters)).toEqual(wanted);
  });

  it("is reached by an address and known by its name", async () => {
    const verified = `sslmode=verify-full&sslrootcert=${files.ca}`;
    expect(await seen("localhost", `${verified}&hostaddr=127.0.0.1`)).toMatchObject({ ssl: true });
    const other = await errorOf(() => seen("db.example", `${verified}&hostaddr=127.0.0.1`));
    expect([other.code, /does not match|altnames/.test(other.message)]).toEqual(["TARGET_TLS", true]);
  });

  it.each(["sslmode=verify-full", "sslmode=require&sslaccept=strict"])(
    "whose authority nobody vouches for is refused: %s",
    async (parameters) => {
      expect((await errorOf(() => seen("localhost", parameters))).code).toBe("TARGET_TLS");
    },
  );
});
