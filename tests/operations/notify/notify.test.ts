import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import { type Notification, notify } from "../../../src/operations/notify/notify.ts";
import { notificationOf } from "../../../src/operations/notify/outcome.ts";
import { redact } from "../../../src/operations/notify/redact.ts";
import { webhookMistake } from "../../../src/operations/notify/webhook-address.ts";

let folder = "";
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-notify-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const about = {
  pipeline: "kb",
  environment: "production",
  source: "kb.db",
  target: "postgres://app:hunter2@db/kb",
  startedAt: "2030-01-01T00:00:00.000Z",
  downtimeSeconds: 12.5,
};
const good = notificationOf(about, { outcome: "moved", run: "r1" }, new Date("2030-01-01T00:01:00Z"));
const failed = notificationOf(about, { thrown: new RowhaulError("CONNECTION_LOST", "pw is s3cret"), run: "r1" });

type Received = { method: string; url: string; body: string; type: string };

async function listen(status: number, headers: Record<string, string> = {}, hang = false) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => {
      received.push({
        method: request.method ?? "",
        url: request.url ?? "",
        body,
        type: request.headers["content-type"] ?? "",
      });
      if (!hang) response.writeHead(status, headers).end("x".repeat(100_000));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received };
}

function hook(url: string, on: "always" | "success" | "failure" = "always") {
  return { kind: "webhook", url, host: null, on } as const;
}
function command(text: string, on: "always" | "success" | "failure" = "always") {
  return { kind: "command", command: text, on } as const;
}
const options = () => ({ folder, secrets: ["s3cret"] });

describe("command", () => {
  test("gets the message as JSON, in the pipeline's folder, without credentials", async () => {
    expect(await notify([command("cat > told.json")], good, options())).toEqual([]);
    const received = JSON.parse(readFileSync(join(folder, "told.json"), "utf8")) as Notification;
    expect(received).toEqual({
      event: "run finished",
      pipeline: "kb",
      environment: "production",
      run: "r1",
      exit: 0,
      outcome: "moved",
      code: null,
      source: "kb.db",
      target: "postgres://***@db/kb",
      startedAt: "2030-01-01T00:00:00.000Z",
      finishedAt: "2030-01-01T00:01:00.000Z",
      downtimeSeconds: 12.5,
    });
  });

  test("one that fails, or is not there, is a warning", async () => {
    const warnings = await notify([command("echo s3cret is no good >&2; exit 3"), command("exit 0")], good, options());
    expect(warnings).toEqual([
      "The notification `echo *** is no good >&2; exit 3` failed with exit status 3: *** is no good.",
    ]);
    const [missing] = await notify([command("no-such-program-anywhere")], good, options());
    expect(missing).toContain("failed with exit status 127");
    const [nowhere] = await notify([command("true")], good, { ...options(), folder: join(folder, "gone") });
    expect(nowhere).toContain("cannot be started");
  });

  test("one that does not end is ended, with all it started", async () => {
    const start = performance.now();
    const [late] = await notify([command("sleep 30 | sleep 30")], good, { ...options(), timeoutMs: 200 });
    expect(late).toBe("The notification `sleep 30 | sleep 30` did not end within 0.2 s.");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("what it leaves in the background is not waited for", async () => {
    const start = performance.now();
    expect(await notify([command("sleep 3 & exit 0")], good, options())).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("webhook", () => {
  test("gets one POST with the message", async () => {
    const { url, received } = await listen(204);
    expect(await notify([hook(`${url}/hook?id=1`)], failed, options())).toEqual([]);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: "POST", url: "/hook?id=1", type: "application/json" });
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
      event: "run failed",
      exit: 3,
      code: "CONNECTION_LOST",
      outcome: "pw is ***",
    });
  });

  test("redirects are not followed", async () => {
    const elsewhere = await listen(200);
    const { url } = await listen(307, { location: `${elsewhere.url}/steal` });
    const [warning] = await notify([hook(`${url}/hook`)], good, options());
    expect(warning).toContain("redirect (307), which is not followed");
    expect(elsewhere.received).toEqual([]);
  });

  test("an error, silence and nobody there are warnings that do not tell the path", async () => {
    const { url } = await listen(500);
    const silent = await listen(200, {}, true);
    const closed = await listen(200);
    const gone = servers.pop();
    await new Promise((resolve) => gone?.close(resolve));
    const hooks = [url, silent.url, closed.url].map((one) => hook(`${one}/T0KEN`));
    const warnings = await notify(hooks, good, { ...options(), timeoutMs: 300 });
    const shown = warnings.map((text) => text.replace(/127\.0\.0\.1:\d+/, "here"));
    expect(shown).toEqual([
      "The webhook at here answers with status 500.",
      "The webhook at here did not answer within 0.3 s.",
      "The webhook at here cannot be reached: ECONNREFUSED.",
    ]);
  });

  test("only this machine, or the host that was named", () => {
    expect(webhookMistake("http://localhost:9/x", null)).toBeNull();
    expect(webhookMistake("http://[::1]:9/x", null)).toBeNull();
    expect(webhookMistake("http://127.1:9/x", null)).toBeNull();
    expect(webhookMistake("https://chat.example/x", "Chat.Example")).toBeNull();
    expect(webhookMistake("https://chat.example:8443/x", "chat.example")).toBeNull();
    expect(webhookMistake("https://evil.example/x", "chat.example")).toContain("not chat.example");
    expect(webhookMistake("https://chat.example@evil.example/x", "chat.example")).toContain("evil.example");
    expect(webhookMistake("https://127.0.0.1.evil.example/x", null)).toContain("say `host:");
    expect(webhookMistake("http://chat.example/x", "chat.example")).toContain("needs https://");
    for (const text of ["", "chat.example", "ftp://localhost/x", "file:///etc/passwd"])
      expect(webhookMistake(text, null), text).toContain("begins with https://");
  });
});

test("only those who want to know are told", async () => {
  const both = [command("touch success", "success"), command("touch failure", "failure"), command("touch always")];
  await notify(both, good, options());
  await expect(async () => readFileSync(join(folder, "failure"))).rejects.toThrow("ENOENT");
  expect(readFileSync(join(folder, "success"), "utf8") + readFileSync(join(folder, "always"), "utf8")).toBe("");
  await notify(both, failed, options());
  expect(readFileSync(join(folder, "failure"), "utf8")).toBe("");
});

test("credentials are taken out of any text", () => {
  expect(redact("postgres://u:p%40ss@h/db and ab abc", ["ab", "abc", ""])).toBe("postgres://***@h/db and *** ***");
  expect(redact("https://h/x?token=abc&n=1", [])).toBe("https://h/x?token=***&n=1");
});

test("a defect is told without its message", () => {
  expect(notificationOf(about, { thrown: new Error("row 42 is secret"), run: null })).toMatchObject({
    exit: 70,
    code: "DEFECT",
    outcome: "A defect in rowhaul.",
  });
});
