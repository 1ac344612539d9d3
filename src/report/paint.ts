/** Colours, only where somebody sees them. */
import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

/** NO_COLOR (https://no-color.org) and --no-color win; otherwise a terminal has colours. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

export function wantsColour(
  stream: { readonly isTTY?: boolean },
  flag: boolean,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return flag && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb" && stream.isTTY === true;
}
