/** The form of the tables beside this file: for each error code what leads to it, and that what it prints leads on. */
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../src/core/messages/error-codes.ts";
import { inPlace, type Place } from "./place.ts";

export type Case = {
  /** What is wrong. */
  readonly when: string;
  /** Meets the error, and does what is printed exactly as it stands. */
  readonly then: (place: Place) => Promise<void>;
};

export type Cases = Readonly<Partial<Record<ErrorCode, Case | readonly Case[]>>>;

export function walk(cases: Cases): void {
  describe.concurrent.each(Object.entries(cases))("%s", (code, own) => {
    it.each(([own].flat() as Case[]).map(({ when, then }) => [when, then] as const))("%s", (_, then) =>
      inPlace(async (place) => {
        await then(place);
        expect(place.met).toContain(code);
      }),
    );
  });
}
