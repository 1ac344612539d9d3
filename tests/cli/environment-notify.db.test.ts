/** `notify` of an environment: who hears how a run ended, and what. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { inPlace, type Place, script } from "./environments.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(status: number): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(status, { location: "http://127.0.0.1:1/elsewhere" }).end("ok");
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cret-path`, bodies };
}

const notification = ({ space }: Place) =>
  space
    .read("told.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const listening = ["development:", "  notify:", '    - { command: "cat >> told.jsonl" }'];

describe("notify", () => {
  it("tells a command how each run ended, once, and what a rollback did", () =>
    inPlace(listening, async (place) => {
      const { cli, space, database, name } = place;
      space.write("told.jsonl", "");
      for (const args of [["plan"], ["check"], ["run", "--dry-run"]] as const)
        expect((await cli(args[0], ...args.slice(1), "--env", "development")).exit).toBe(0);
      expect(space.read("told.jsonl")).toBe("");
      expect((await cli("run", "--env", "development")).exit).toBe(0);
      expect((await cli("rollback", "--env", "development")).exit).toBe(0);
      await database.pool.query("CREATE TABLE orders (mine int)");
      expect((await cli("run", "--env", "development")).exit).toBe(2);
      const run = expect.stringMatching(/^\d{8}t\d{6}_[0-9a-f]{4}$/);
      const common = {
        pipeline: "app",
        environment: "development",
        source: space.path("app.db"),
        target: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+/${name}$`)),
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        finishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      };
      expect(notification(place)).toEqual([
        {
          ...common,
          event: "run finished",
          run,
          exit: 0,
          outcome: "240 rows in 2 tables: moved and proven",
          code: null,
          downtimeSeconds: expect.any(Number),
        },
        { ...common, event: "rolled back", run, exit: 0, outcome: "rolled back", code: null, downtimeSeconds: null },
        {
          ...common,
          event: "run failed",
          run,
          exit: 2,
          outcome: expect.stringContaining("already holds orders"),
          code: "TARGET_OCCUPIED",
          downtimeSeconds: null,
        },
      ]);
      const password = decodeURIComponent(new URL(database.url).password);
      expect(password).not.toBe("");
      expect(space.read("told.jsonl")).not.toContain(password);
    }));

  it("posts to a webhook, and follows no redirect", async () => {
    const [hook, moved] = [await listen(204), await listen(302)];
    await inPlace(
      [
        "development:",
        "  notify:",
        `    - { webhook: "${hook.url}" }`,
        `    - { webhook: "${moved.url}", on: success }`,
        `    - { webhook: "${moved.url}", on: failure }`,
      ],
      async ({ cli, database }) => {
        const result = await cli("run", "--env", "development");
        expect(result.exit).toBe(0);
        expect(hook.bodies.map((body) => JSON.parse(body))).toMatchObject([{ event: "run finished", exit: 0 }]);
        expect(moved.bodies).toHaveLength(1);
        expect(result.stderr).toMatch(
          /! The webhook at 127\.0\.0\.1:\d+ answers with a redirect \(302\), which is not followed\./,
        );
        expect(result.all).not.toContain("s3cret-path");
        expect(hook.bodies.join()).not.toContain(new URL(database.url).password);
      },
    );
  });

  it("a notification that fails is a warning, and the run's exit status stays", () =>
    inPlace(
      ["development:", "  notify:", '    - { command: "sh ./broken.sh" }', '    - { webhook: "http://127.0.0.1:1/x" }'],
      async (place) => {
        script(place, "broken.sh", "echo no network >&2; exit 7\n");
        const result = await place.cli("run", "--env", "development");
        expect(result.exit).toBe(0);
        expect(result.stderr).toContain("! The notification `sh ./broken.sh` failed with exit status 7: no network.");
        expect(result.stderr).toContain("! The webhook at 127.0.0.1:1 cannot be reached: ECONNREFUSED.");
        const again = await place.cli("run", "--env", "development", "--json");
        expect(again.exit).toBe(0);
        expect(
          again.stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
            .at(-1),
        ).toMatchObject({ type: "result", exit: 0 });
      },
    ));

  it("a webhook on another machine must be named twice", () =>
    inPlace(["development: { notify: [{ webhook: 'https://hooks.example/x' }] }"], async ({ cli }) => {
      const result = await cli("run", "--env", "development");
      expect([result.exit, result.stderr]).toEqual([1, expect.stringContaining("say `host: hooks.example`")]);
    }));
});
