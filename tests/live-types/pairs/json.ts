/** JSON by its value, numbers by their digits; null for what is no JSON, or says a key twice. */

export type Json = { readonly number: string } | string | boolean | null | readonly Json[] | Map<string, Json>;

export function jsonOf(text: string): { readonly value: Json } | null {
  try {
    JSON.parse(text);
    let at = 0;
    const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
    const next = (): string => tokens[at++] ?? "";
    const read = (): Json => {
      const token = next();
      if (token === "{") {
        const members = new Map<string, Json>();
        while (tokens[at] !== "}") {
          if (tokens[at] === ",") at++;
          const key = JSON.parse(next()) as string;
          at++;
          if (members.has(key)) throw new SyntaxError("a key that stands twice");
          members.set(key, read());
        }
        at++;
        return members;
      }
      if (token === "[") {
        const items: Json[] = [];
        while (tokens[at] !== "]") {
          if (tokens[at] === ",") at++;
          items.push(read());
        }
        at++;
        return items;
      }
      return /^[-\d]/.test(token) ? { number: token } : (JSON.parse(token) as Json);
    };
    return { value: read() };
  } catch {
    return null;
  }
}

export function sameJson(a: ReturnType<typeof jsonOf>, b: ReturnType<typeof jsonOf>): boolean {
  return a !== null && b !== null && plain(a.value) === plain(b.value);
}

function plain(value: Json): string {
  if (value instanceof Map)
    return `{${[...value]
      .map(([key, item]) => `${JSON.stringify(key)}:${plain(item)}`)
      .sort()
      .join()}}`;
  if (Array.isArray(value)) return `[${value.map(plain).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return digits((value as { readonly number: string }).number);
}

function digits(number: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, "");
  const bare = all.replace(/0+$/, "");
  return bare === "" ? `${sign}0` : `${sign}${bare}e${Number(exponent) - fraction.length + all.length - bare.length}`;
}
