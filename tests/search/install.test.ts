/** What is installed lives on in sessions of the application, whatever their settings are. */
import { expect, it } from "vitest";
import { installSql, installTokenizerSql } from "../../src/search/install.ts";
import { known } from "./install/support/install.ts";

it("no literal that standard_conforming_strings reads otherwise", () => {
  const custom = ["unicode61 separators '\\/''' tokenchars '_-'", "ascii tokenchars '\\'", "trigram case_sensitive 1"];
  const statements = [
    ...installSql("fts5"),
    ...custom.flatMap((tokenize) => installTokenizerSql("fts5", known(tokenize))),
  ];
  // Comments, names, E'' and U&'' (which is refused rather than misread) are passed over; what is left is a plain literal.
  const pieces = /--[^\n]*|"(?:[^"]|"")*"|\be'(?:[^'\\]|\\.|'')*'|u&'(?:[^']|'')*'|('(?:[^']|'')*')/gis;
  const plain = statements.flatMap((sql) => [...sql.matchAll(pieces)].flatMap(([, literal]) => literal ?? []));
  expect(plain.length).toBeGreaterThan(500);
  // An E'' within a statement that is executed holds the same character, whether read once or twice.
  const bare = plain.map((literal) => literal.replace(/\bE''.*?''/gs, ""));
  expect(bare.filter((literal) => literal.includes("\\"))).toEqual([]);
});
