/** Colours, only where a person sees them. */
import { randomInt } from "node:crypto";
import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

/**
 * Stands for the start of a colour until the text is written out (terminal-text.ts): a character for private use that
 * nobody can foresee, so that no name or value can colour anything.
 */
export const coloursStart = String.fromCodePoint(0xf0000 + randomInt(0xfffd));

export function painter(colour: boolean): Paint {
  return (style, text) => {
    if (!colour) return text;
    const [open = "", close = ""] = styleText(style, "|", { validateStream: false })
      .replaceAll("\x1b[", coloursStart)
      .split("|");
    return `${open}${text}${close}`;
  };
}

/** NO_COLOR (https://no-color.org) and --no-color win over FORCE_COLOR; otherwise a terminal has colours. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  flag: boolean,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (!flag || (env.NO_COLOR ?? "") !== "") return false;
  if ((env.FORCE_COLOR ?? "") !== "" && env.FORCE_COLOR !== "0") return true;
  return env.TERM !== "dumb" && stream.isTTY === true;
}
