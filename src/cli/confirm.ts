/** The question before a target is changed, as strict as the environment wants it. */

import type { Environment } from "../core/environment.ts";
import { RowhaulError } from "../core/messages/errors.ts";

export type Confirmation = {
  /** `Move 12,000 rows in 9 tables into db.example:5432/kb, schema public`: without question mark. */
  readonly doing: string;
  /** The target database's name, which `confirm: name` wants typed. */
  readonly database: string;
  /** --yes */
  readonly yes: boolean;
  /** --confirm <name>; null when not given. */
  readonly given: string | null;
  /** Asks for a line on the terminal; null without one. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

/** Returns when it is confirmed; throws NOT_CONFIRMED otherwise. --yes never stands for a name. */
export async function confirm(environment: Environment, request: Confirmation): Promise<void> {
  if (environment.confirm === "none") return;
  if (environment.confirm === "ask") return confirmYes(environment, request);
  const { database, given, ask } = request;
  const where = `${environment.name ?? "This environment"} wants the database's name`;
  if (given === database) return;
  if (given !== null) throw notConfirmed(`${where}, which is not "${given}".`, database);
  if (ask === null) throw notConfirmed(`${where}, and there is no terminal to ask.`, database);
  const answer = await ask(`${request.doing}?\nType the database's name, ${database}, to go on: `);
  if (answer.trim() !== database) throw notConfirmed("The name does not match; nothing was changed.", database);
}

async function confirmYes(environment: Environment, { doing, yes, given, database, ask }: Confirmation): Promise<void> {
  // The name says more than yes does.
  if (yes || given === database) return;
  if (ask === null) {
    // Without environments a command line in CI was the decision; an environment that asks wants an answer.
    if (environment.name === null) return;
    throw new RowhaulError("NOT_CONFIRMED", `${environment.name} wants an answer, and there is no terminal to ask.`, {
      hint: "Pass --yes.",
    });
  }
  if (!/^(y|yes)$/i.test((await ask(`${doing}? [y/N] `)).trim()))
    throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was changed.");
}

function notConfirmed(message: string, database: string): RowhaulError {
  return new RowhaulError("NOT_CONFIRMED", message, { hint: `Type the name, or pass --confirm ${database}.` });
}
