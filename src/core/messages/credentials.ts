/**
 * Credentials in texts that leave the program: those that are known, whatever they look like, and those that can be
 * told by what stands around them, in any address and any spelling of one.
 */

/** Passwords that this process was given. */
const known = new Set<string>();

/** What is shorter, or a word of messages, would be taken out of half a sentence. */
const shortest = 5;
const common =
  /^(admin|example|passwd|password|postgres|postgresql|rowhaul|secret|server|source|target|tables?|users?)$/i;

/** To be told every word that may be an address: its password is then hidden wherever it turns up. */
export function noteCredentials(address: string): void {
  const [, user = "", password] = /^[\s\w+.:-]*?:\/{0,3}([^:/?#\s]*):([\s\S]*)@/.exec(address) ?? [];
  const rest = password === undefined ? address : address.slice(address.lastIndexOf("@") + 1);
  for (const one of [password, ...namedIn(address)]) {
    if (one === undefined || one === user || rest.includes(one)) continue;
    for (const spelling of [one, decoded(one), encoded(one), JSON.stringify(one).slice(1, -1)]) notePassword(spelling);
  }
}

/** A password that stands alone, as in PGPASSWORD. */
export function notePassword(password: string): void {
  if (password.length >= shortest && !common.test(password)) known.add(password);
}

export function hideCredentials(text: string): string {
  // The longest first: one may be part of another.
  const secrets = [...known].filter((secret) => text.includes(secret)).sort((a, b) => b.length - a.length);
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
  if (!/[:=]/.test(clean)) return clean;
  return clean
    .replace(inAddress, (whole: string, before: string, password: string) =>
      // The name of a variable is no password: the message may be about it.
      password === "password" || /^\$\{\w+\}$/.test(password) ? whole : `${before}${hidden}@`,
    )
    .replace(inWords, (_, before: string) => `${before}${hidden}`)
    .replace(inParameters, `$1${hidden}`);
}

/** As {@link hideCredentials}, in every text of a value that is plain data. */
export function withoutCredentials<T>(value: T): T {
  if (typeof value === "string") return hideCredentials(value) as T;
  if (Array.isArray(value)) return value.map(withoutCredentials) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutCredentials(member)])) as T;
}

const hidden = "***";

/**
 * `scheme:` with any number of slashes, a user, a colon, and all up to the last @: a password may hold slashes and @
 * that should have been encoded. Of the web's addresses, only what stands before the path.
 */
const inAddress =
  /((?:\b(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|mongodb|mssql|sqlserver|redis|amqp|sqlite)(?:\+\w+)?:\/{0,3}|\b[a-z][a-z0-9+.-]*:\/\/(?=[^\s/?#"'`<>]*@))[^\s:/@"'`<>]*:)([^\s"'`<>]*)@/gi;

/** libpq's key = value, and the parameters of an address. */
const inWords =
  /(\b(?:pg|ssl)?(?:password|passwd|passphrase|pwd)\s*=\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\\"(?:[^"\\]|\\[^"])*\\"|[^\s&"'`;,)\]}]+)/gi;
const inParameters = /([?&](?:pass|token|key|api_?key|secret|access_token)=)[^&\s"'`]+/gi;

function namedIn(address: string): string[] {
  return [...address.matchAll(inWords), ...address.matchAll(inParameters)].map(([whole, before = "", value]) =>
    (value ?? whole.slice(before.length)).replace(/^(['"])([\s\S]*)\1$/, "$2"),
  );
}

/** Half of a pair of surrogates has no encoding. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
