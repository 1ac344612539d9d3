/** Over larger databases, made by others. */
import { describe, it } from "vitest";
import { sharedData } from "../support/shared-data.ts";
import { expectSame, identity } from "./transforms-identity.ts";

const real = ["chinook", "northwind", "datasette-fixtures"].map((name) => ({
  name,
  path: sharedData(`sqlite/${name}.sqlite`),
}));

describe.each(real)("over $name", ({ path }) => {
  it.skipIf(path === null)("a function that changes nothing", () => expectSame(path ?? "", { code: identity }));
});
