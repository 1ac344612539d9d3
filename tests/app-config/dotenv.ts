/**
 * A tiny reader of .env files with dotenv's rules, written another way than
 * ours: the alternatives of a value are tried in dotenv's order at each line.
 */
export function dotenv(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let rest = text.replace(/\r\n?/g, "\n");
  while (rest !== "") {
    const head = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/.exec(rest);
    const taken = head && valueOfHead(rest.slice(head[0].length));
    if (head && taken) {
      found[head[1] ?? ""] = taken.value;
      rest = rest.slice(head[0].length + taken.length);
    } else rest = rest.includes("\n") ? rest.slice(rest.indexOf("\n") + 1) : "";
  }
  return found;
}

function valueOfHead(rest: string): { value: string; length: number } | null {
  for (const quote of ["'", '"', "`"]) {
    const body = `(?:\\\\${quote}|[^${quote}])*`;
    const match = new RegExp(`^[^\\S\\n]*${quote}(${body})${quote}[^\\S\\n]*(?:#.*)?(?=\\n|$)`).exec(rest);
    if (match) return { value: unescaped(match[1] ?? "", quote), length: match[0].length };
  }
  const plain = /^([^#\n]*)(?:#.*)?(?=\n|$)/.exec(rest);
  if (!plain) return null;
  const value = (plain[1] ?? "").trim();
  const outer = /^(['"`])([\s\S]*)\1$/.exec(value);
  return { value: outer ? unescaped(outer[2] ?? "", outer[1] ?? "") : value, length: plain[0].length };
}

function unescaped(value: string, quote: string): string {
  return quote === '"' ? value.replace(/\\n/g, "\n").replace(/\\r/g, "\r") : value;
}
