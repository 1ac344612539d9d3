/** Sequences: moved on with the rows, never back, also those that nothing owns. */
import { describe, expect, it } from "vitest";
import { inTransaction } from "../../../../src/postgres/transaction.ts";
import { sequenceName, unownedSequences } from "../../../../src/targets/postgres/into/sequences/unowned-sequences.ts";
import { type IntoScene, into, refusal } from "./into-run.ts";

const source = "CREATE TABLE entry (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO entry VALUES (41, 'a'), (57, 'b')";
const next = async ({ rows }: IntoScene, sequence: string): Promise<number> =>
  Number((await rows(`SELECT nextval('${sequence}') AS n`))[0]?.n);

describe.concurrent("sequences", () => {
  it.each([
    ["of an identity", "CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)"],
    ["of a serial column", "CREATE TABLE entry (id bigserial PRIMARY KEY, v text)"],
    [
      "that a default calls",
      "CREATE SEQUENCE entry_id_seq; CREATE TABLE entry (id bigint PRIMARY KEY DEFAULT nextval('entry_id_seq'), v text)",
    ],
    ["that nothing owns", "CREATE SEQUENCE entry_id_seq; CREATE TABLE entry (id bigint PRIMARY KEY, v text)"],
  ])("%s are moved on, and a rollback leaves them there, by name", (_, live) =>
    into("append", source, live, async (scene) => {
      await scene.run();
      expect(await next(scene, "entry_id_seq")).toBe(58);
      const messages: string[] = [];
      await scene.rollback(false, (event) => {
        if (event.type === "notice") messages.push(event.message);
        if (event.type === "phase" && event.state === "finished") messages.push(event.summary);
      });
      const stays = "The sequence public.entry_id_seq stays where the switch moved it.";
      expect(messages).toContain(stays);
      expect(messages.at(-1)).toContain(stays);
      expect(await scene.rows("SELECT * FROM entry")).toEqual([]);
      expect(await next(scene, "entry_id_seq")).toBe(59);
    }),
  );

  it("that are further stay, and so do those that others use", () =>
    into(
      "append",
      source,
      "CREATE SEQUENCE entry_id_seq START 1000; CREATE SEQUENCE hibernate_sequence; CREATE TABLE entry (id bigint PRIMARY KEY, v text)",
      async (scene) => {
        await scene.run();
        expect(await next(scene, "entry_id_seq")).toBe(1000);
        expect(await next(scene, "hibernate_sequence")).toBe(1);
        const found = await inTransaction(scene.db.pool, "looking", (client) =>
          unownedSequences(client, "public", ["entry"]),
        );
        expect(found).toEqual([
          { sequence: "public.entry_id_seq", table: "entry", column: "id" },
          { sequence: "public.hibernate_sequence", table: null, column: null },
        ]);
      },
    ));

  it("that count down go down", () =>
    into(
      "append",
      "CREATE TABLE entry (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO entry VALUES (-41, 'a'), (-57, 'b')",
      "CREATE SEQUENCE entry_id_seq INCREMENT -1; CREATE TABLE entry (id bigint PRIMARY KEY, v text)",
      async (scene) => {
        await scene.run();
        expect(await next(scene, "entry_id_seq")).toBe(-58);
      },
    ));

  it("that are at their end say so, rather than give a number twice", () =>
    into(
      "append",
      source,
      "CREATE SEQUENCE entry_id_seq MAXVALUE 57; CREATE TABLE entry (id bigint PRIMARY KEY, v text)",
      async (scene) => {
        await scene.run();
        await expect(next(scene, "entry_id_seq")).rejects.toThrow("reached maximum value");
      },
    ));

  it("are where they were when the switch is not committed", () =>
    into("append", source, "CREATE TABLE entry (id bigserial PRIMARY KEY, v text)", async (scene) => {
      await refusal(() => scene.run({ prepared: () => scene.rows("UPDATE rowhaul.leases SET token = token + 1") }));
      expect(await next(scene, "entry_id_seq")).toBe(1);
    }));

  it("that gave numbers to rows which did not stay are named", () =>
    into(
      "append",
      source,
      "CREATE TABLE entry (id bigint PRIMARY KEY, v text, place bigserial); ALTER TABLE entry ADD CHECK (v <> 'b')",
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("CONSTRAINT_VIOLATED");
        expect(text).toContain("Numbers were drawn from public.entry_place_seq; gaps remain.");
      },
    ));

  it("have the names that PostgreSQL gives them, also where those are cut", () =>
    into("append", source, "CREATE TABLE entry (id bigint PRIMARY KEY, v text)", async (scene) => {
      const names = [
        ["t".repeat(63), "id"],
        ["t".repeat(60), "c".repeat(40)],
        ["t".repeat(20), "c".repeat(63)],
        ["ü".repeat(31), "ö".repeat(31)],
      ] as const;
      for (const [table, column] of names) {
        await scene.rows(`CREATE TABLE "${table}" ("${column}" serial)`);
        const found = await scene.rows(
          `SELECT relname::text AS name FROM pg_class WHERE oid = pg_get_serial_sequence('"${table}"', '${column}')::regclass`,
        );
        expect(found).toEqual([{ name: sequenceName(table, column) }]);
        await scene.rows(`DROP TABLE "${table}"`);
      }
    }));
});
