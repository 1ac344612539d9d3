/** One list says when a connection is gone; whoever retries or gives up goes by it. */
import { expect, it } from "vitest";
import { connectionTrouble } from "../../src/core/connection-trouble.ts";

const server = (code: string, message = "it said so") => Object.assign(new Error(message), { code, severity: "FATAL" });
const network = (code: string) => Object.assign(new Error("read"), { code });

it.each([
  ["57P01", server("57P01"), "lost"],
  ["57P05, an idle session that was ended", server("57P05"), "lost"],
  ["08P01 of a pooler", server("08P01"), "lost"],
  ["25P03", server("25P03"), "lost"],
  ["53300", server("53300"), "lost"],
  ["a table's error in words that sound like it", server("42P01", "Connection terminated"), null],
  ["a full disk", server("53100"), null],
  ["ECONNRESET", network("ECONNRESET"), "lost"],
  ["EPIPE", network("EPIPE"), "lost"],
  ["the driver, at the break", new Error("Connection terminated unexpectedly"), "lost"],
  ["the driver, afterwards", new Error("Client has encountered a connection error and is not queryable"), "lost"],
  ["ECONNREFUSED", network("ECONNREFUSED"), "unreachable"],
  ["ETIMEDOUT", network("ETIMEDOUT"), "unreachable"],
  ["no answer to the first packet", new Error("timeout expired"), "unreachable"],
  ["a missing file", network("ENOENT"), null],
  ["nothing", undefined, null],
] as const)("%s", (_, thrown, trouble) => {
  expect(connectionTrouble(thrown)).toBe(trouble);
});
