/**
 * `${NAME}` and `${NAME:-default}` in a pipeline file's strings. `${target.url}` and
 * its kin (a dot in the name) are left for cutover, when the target is known.
 */
export type Variables = Readonly<Record<string, string | undefined>>;

type Report = (path: (string | number)[], message: string) => void;

export function fillVariables(value: unknown, env: Variables, report: Report, path: (string | number)[] = []): unknown {
  if (typeof value === "string") return fillText(value, env, (message) => report(path, message));
  if (Array.isArray(value)) return value.map((item, i) => fillVariables(item, env, report, [...path, i]));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fillVariables(item, env, report, [...path, key])]),
    );
  }
  return value;
}

function fillText(text: string, env: Variables, report: (message: string) => void): string {
  return text.replace(/\$\{([^}:]+)(?::-([^}]*))?\}/g, (whole, name: string, fallback: string | undefined) => {
    if (name.includes(".")) return whole;
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    if (fallback !== undefined) return fallback;
    report(`the variable ${name} is not set (in ${text.length > 60 ? "this value" : JSON.stringify(text)})`);
    return whole;
  });
}
