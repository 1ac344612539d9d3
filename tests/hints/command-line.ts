/** Errors of the command line, of the pipeline file, and of what a command needs first. */
import { expect } from "vitest";
import type { Cases } from "./cases.ts";
import { shop } from "./place.ts";

export const commandLine = {
  USAGE: [
    {
      when: "an option is mistyped",
      async then(place) {
        const { hint } = await place.refused("USAGE", "run", "pipeline.yaml", "--frsh");
        expect(hint).toBe("Did you mean --fresh?");
      },
    },
    {
      when: "an option that the command does not have",
      async then(place) {
        const printed = await place.refused("USAGE", "import", "a.json", "embedded", "--nothing-like-it");
        expect((await place.follow(printed.command("help"))).stdout).toContain("rowhaul import");
      },
    },
    {
      when: "two flags that contradict each other",
      async then(place) {
        const printed = await place.refused("USAGE", "copy", "app.db", place.shown, "--append", "--merge");
        expect((await place.follow(printed.command("help"))).stdout).toContain("rowhaul copy");
      },
    },
    {
      when: "a command that there is none of",
      async then(place) {
        const printed = await place.refused("USAGE", "rum");
        expect((await place.follow(printed.command("help"))).stdout).toContain("rowhaul run");
        const none = await place.refused("USAGE", "xyzzy");
        expect((await place.follow(none.command("help"))).stdout).toContain("rowhaul copy");
      },
    },
  ],
  PIPELINE_NOT_FOUND: {
    when: "the path is wrong",
    async then(place) {
      place.space.sqlite(shop);
      const printed = await place.refused("PIPELINE_NOT_FOUND", "run", "nowhere.yaml");
      // Which database is meant, only its owner knows.
      await place.follow(printed.command("init").replace("<database>", "app.db"));
      await place.ends("plan", "app.yaml");
    },
  },
  PIPELINE_INVALID: [
    {
      when: "a key is mistyped",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline("tabels: {}");
        const { details } = await place.refused("PIPELINE_INVALID", "plan", "pipeline.yaml");
        expect(details).toEqual([expect.stringMatching(/line 4.*tabels.*tables/)]);
        place.space.write(
          "pipeline.yaml",
          place.space.read("pipeline.yaml").replace("tabels: {}", 'tables: { "*": {} }'),
        );
        await place.ends("plan", "pipeline.yaml");
      },
    },
    {
      when: "it is the database itself",
      async then(place) {
        place.space.sqlite(shop);
        const printed = await place.refused("PIPELINE_INVALID", "run", "app.db");
        await place.follow(printed.command("init"));
        await place.ends("plan", "app.yaml");
      },
    },
  ],
  NO_RUN: [
    {
      when: "there is no report yet",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        const printed = await place.refused("NO_RUN", "report", "pipeline.yaml");
        await place.follow(printed.command("run"));
        expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
        await place.ends("report", "pipeline.yaml");
      },
    },
    {
      when: "nothing to validate, of a copy into tables that are there",
      async then(place) {
        place.space.sqlite(shop);
        const printed = await place.refused("NO_RUN", "validate", "app.db", place.shown);
        // Nobody has moved these places yet, so either of the two commands does.
        await place.follow(printed.command("import"));
        await place.ends("validate", "app.db", place.shown);
      },
    },
    {
      when: "nothing to roll back",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        const printed = await place.refused("NO_RUN", "rollback", "pipeline.yaml", "--yes");
        expect((await place.follow(printed.command("status"))).stdout).toContain("No runs yet.");
      },
    },
  ],
  QUERY_FAILED: {
    when: "the statement is none",
    async then(place) {
      const printed = await place.refused("QUERY_FAILED", "query", "SELEC 1", place.shown);
      expect(printed.text).toContain("SELEC");
      await place.ends("query", "SELECT 1", place.shown);
    },
  },
  NOT_VALIDATED: [
    {
      when: "nothing is loaded",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        const printed = await place.refused("NOT_VALIDATED", "cutover", "pipeline.yaml");
        await place.follow(printed.command("run"));
        expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
      },
    },
    {
      when: "it is loaded, and not proven",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("load", "pipeline.yaml");
        const printed = await place.refused("NOT_VALIDATED", "cutover", "pipeline.yaml");
        await place.follow(printed.command("validate"));
        await place.ends("cutover", "pipeline.yaml");
        expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
      },
    },
  ],
  NOT_CONFIRMED: [
    {
      when: "nobody is there to be asked",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline();
        await place.ends("run", "pipeline.yaml");
        const { text } = await place.refused("NOT_CONFIRMED", "clean", "pipeline.yaml");
        expect(text).toContain("--yes");
        await place.ends("clean", "pipeline.yaml", "--yes");
      },
    },
    {
      when: "an environment wants the database's name",
      async then(place) {
        place.space.sqlite(shop);
        place.pipeline("environments: { staging: { confirm: name, backup: skip } }");
        const { hint } = await place.refused("NOT_CONFIRMED", "run", "pipeline.yaml", "--env", "staging", "--yes");
        const [, option = ""] = /pass (--confirm \w+)\./.exec(hint) ?? [];
        await place.ends("run", "pipeline.yaml", "--env", "staging", ...option.split(" "));
        expect(await place.value("SELECT count(*)::int FROM orders")).toBe(3);
      },
    },
  ],
} satisfies Cases;
