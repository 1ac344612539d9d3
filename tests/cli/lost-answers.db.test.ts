/** What becomes of a switch when the network goes at the worst moment: files and schema stay on the same side. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CliResult, rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { type FaultyNetwork, type Passage, startProxy } from "../support/proxy.ts";
import { relations, shop, type Workspace, workspace } from "./workspace.ts";

type Place = {
  readonly space: Workspace;
  readonly network: FaultyNetwork;
  rowhaul(...args: readonly string[]): Promise<CliResult>;
  start(...args: readonly string[]): ReturnType<typeof startRowhaul>;
  /** The side on which each of the two is: the application's settings, the application's schema. */
  sides(): Promise<{ settings: "old" | "new"; schema: "old" | "new" }>;
};

const switching = (sent: string): boolean => sent.includes("SET digests");
const switchingBack = (sent: string): boolean => sent.includes("ACCESS EXCLUSIVE");

/** An application with a .env and a network on which the COMMIT of such a transaction has a fate of its own. */
async function inPlace(
  like: (sent: string) => boolean,
  fate: (passage: Passage) => "pass" | "hold",
  work: (place: Place) => Promise<void>,
  ...lines: readonly string[]
): Promise<void> {
  const database = await freshDatabase();
  const network = await startProxy(database.url, (sent, passage) => (like(sent) ? fate(passage) : "pass"));
  const space = workspace();
  try {
    space.sqlite(shop);
    space.write(".env", "DATABASE_URL=sqlite:app.db\n");
    space.pipeline(network.url, 'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]', ...lines);
    await work({
      space,
      network,
      rowhaul: (...args) => rowhaul(args, { cwd: space.folder, limitSeconds: 120 }),
      start: (...args) => startRowhaul(args, { cwd: space.folder, limitSeconds: 120 }),
      async sides() {
        const settings = space.read(".env").includes("postgres") ? "new" : "old";
        const there = await relations(database.pool);
        return { settings, schema: there.length > 0 ? "new" : "old" };
      },
    });
  } finally {
    await network.stop();
    await database.drop();
  }
}

const late = (passage: Passage): "hold" => {
  passage.resetClient();
  setTimeout(() => passage.passOn(), 3_000);
  return "hold";
};

describe.concurrent("a switch whose COMMIT the server carries out three seconds after the client was cut off", () => {
  it("is complete", () =>
    inPlace(switching, late, async ({ rowhaul, sides, space }) => {
      const { exit, stderr } = await rowhaul("run", "pipeline.yaml");
      expect([exit, stderr]).toEqual([0, expect.stringContaining("✔ cutover")]);
      expect(await sides()).toEqual({ settings: "new", schema: "new" });
      expect(space.read(".env")).not.toContain("sqlite");
    }));

  it("is complete, too, when it goes back", () =>
    inPlace(switchingBack, late, async ({ rowhaul, sides }) => {
      expect((await rowhaul("run", "pipeline.yaml")).exit).toBe(0);
      const { exit, stderr } = await rowhaul("rollback", "pipeline.yaml");
      expect([exit, stderr]).toEqual([0, expect.stringContaining("✔ rollback")]);
      expect(await sides()).toEqual({ settings: "old", schema: "old" });
      expect((await rowhaul("run", "pipeline.yaml")).exit).toBe(0);
    }));

  it("is not believed in before: a rerun ends it first", () => {
    let reached = (): void => {};
    const atCommit = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let times = 0;
    const once = (passage: Passage): "pass" | "hold" => {
      if (times++ > 0) return "pass";
      reached();
      return late(passage);
    };
    return inPlace(switching, once, async ({ rowhaul, start, sides }) => {
      const first = start("run", "pipeline.yaml");
      await atCommit;
      first.kill("SIGKILL");
      await first.ended;
      const { exit } = await rowhaul("run", "pipeline.yaml");
      expect(exit).toBe(0);
      // By now the held COMMIT has been passed on, to nobody.
      await sleep(3_000);
      expect(await sides()).toEqual({ settings: "new", schema: "new" });
    });
  });
});

describe.concurrent("a network that falls silent at the switch's COMMIT", () => {
  it("is left when the downtime is over: the source can be written to, and a rollback finds out what is true", () => {
    let network: FaultyNetwork | null = null;
    let fallen = false;
    const silence = (passage: Passage): "pass" => {
      network?.silence(true);
      fallen = true;
      passage.silence();
      return "pass";
    };
    return inPlace(
      (sent) => network !== null && switching(sent),
      silence,
      async (place) => {
        network = place.network;
        const running = place.start("run", "pipeline.yaml", "--env", "development");
        let ended = false;
        void running.ended.then(() => {
          ended = true;
        });
        while (!ended && !fallen) await sleep(20);
        expect(writes(place.space)).toBe(false);
        while (!ended && !writes(place.space)) await sleep(100);
        expect(ended).toBe(false);
        const { exit, stderr } = await running.ended;
        expect([exit, stderr]).toEqual([6, expect.stringMatching(/UNDO_FAILED[\s\S]*rollback pipeline.yaml/)]);
        expect((await place.sides()).settings).toBe("old");
        place.network.silence(false);
        network = null;
        expect((await place.rowhaul("rollback", "pipeline.yaml", "--env", "development")).exit).toBe(0);
        expect(await place.sides()).toEqual({ settings: "old", schema: "old" });
      },
      "environments: { development: { maxDowntime: 8s } }",
    );
  });

  it("before anything is done does not keep Ctrl-C from being heard", () =>
    inPlace(
      () => false,
      () => "pass",
      async ({ network, start }) => {
        network.silence(true);
        const running = start("check", "pipeline.yaml");
        await sleep(1_500);
        running.kill("SIGINT");
        expect((await running.ended).exit).toBe(130);
      },
    ));
});

/** Whether the application can write to its old database: not while the switch keeps it out. */
function writes(space: Workspace): boolean {
  try {
    space.sqlite("PRAGMA busy_timeout = 0; UPDATE customers SET name = name || '!' WHERE id = 1");
    return true;
  } catch {
    return false;
  }
}
