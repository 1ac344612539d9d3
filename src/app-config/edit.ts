/** Configuration files by format. The name decides; the text is never guessed at. */
import { RowhaulError } from "../core/messages/errors.ts";
import { readEnv, setInEnv } from "./env.ts";
import { readJson, setInJson } from "./json.ts";
import { badConfig, type Setting, type Settings, type Source } from "./setting.ts";
import { readYaml, setInYaml } from "./yaml.ts";

/** The text with every setting made; everything else is kept as far as the format allows. */
export function editConfig(path: string, text: string, set: Settings): string {
  const { change } = formatOf(path);
  const { mark, rest } = withoutMark(text);
  const edited = Object.entries(set).reduce((current, [key, setting]) => {
    const source = { path, text: current };
    checkSetting(source, key, setting);
    return change(source, key, setting);
  }, rest);
  return mark + edited;
}

/** Every plain setting by its key, nested ones by their path with dots. Of a .env file all are strings. */
export function readConfig(path: string, text: string): ReadonlyMap<string, Setting> {
  return formatOf(path).read({ path, text: withoutMark(text).rest });
}

type Format = {
  readonly name: RegExp;
  readonly change: (source: Source, key: string, setting: Setting) => string;
  readonly read: (source: Source) => ReadonlyMap<string, Setting>;
};

const formats: readonly Format[] = [
  { name: /\.jsonc?$/i, change: setInJson, read: readJson },
  { name: /\.ya?ml$/i, change: setInYaml, read: readYaml },
  { name: /\.env$|^\.env\./i, change: setInEnv, read: readEnv },
];

function formatOf(path: string): Format {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const format = formats.find((candidate) => candidate.name.test(name));
  if (format) return format;
  throw new RowhaulError("PIPELINE_INVALID", `${path}: this format of configuration file is not edited.`, {
    hint: "Supported are .json, .jsonc, .yaml, .yml, .env, .env.* and *.env; change others by hand after the cutover.",
  });
}

/** A byte order mark is no part of any format's text; it is kept as it is. */
function withoutMark(text: string): { mark: string; rest: string } {
  return text.startsWith("\uFEFF") ? { mark: "\uFEFF", rest: text.slice(1) } : { mark: "", rest: text };
}

function checkSetting(source: Source, key: string, setting: Setting): void {
  const bad = typeof setting === "number" ? !Number.isFinite(setting) : /\p{Cs}/u.test(String(setting));
  if (bad) throw badConfig(source, 0, `the value of "${key}" cannot be written in this file`, "Correct the value.");
}
