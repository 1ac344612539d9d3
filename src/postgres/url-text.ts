/**
 * Whether a URL's text leaves no doubt about where its password ends. A /, ? or # in a password ends the host for
 * whoever reads the URL by its grammar (RFC 3986), so that the rest of the password would be taken for host, port,
 * database or parameter, and be shown as such. An @ is read differently by libpq and by browsers.
 */
import { RowhaulError } from "../core/messages/errors.ts";

/** Throws USAGE, and repeats nothing of the text. */
export function refuseUnencoded(text: string): void {
  const rest = /^postgres(?:ql)?:\/\/([\s\S]*)$/i.exec(text)?.[1];
  if (rest === undefined) {
    if (/^postgres(?:ql)?:/i.test(text)) throw unclear("two slashes are missing behind its colon");
    return;
  }
  if (rest.includes("#")) throw unclear("it has a # that is not percent-encoded");
  const mark = rest.indexOf("?");
  const [address, query] = mark < 0 ? [rest, ""] : [rest.slice(0, mark), rest.slice(mark + 1)];
  const signs = address.split("@").length - 1;
  if (signs > 1) throw unclear("it has several @, of which all but one must be percent-encoded");
  const slash = address.indexOf("/");
  if (signs === 1 && slash >= 0 && slash < address.indexOf("@"))
    throw unclear("it has a / before the @, or an @ behind the host, that is not percent-encoded");
  const inNames = query.split("&").some((part) => (part.split("=")[0] ?? "").includes("@"));
  // `me:1?x=y@host` could be a password with a ? in it, `me/db?user=me@tenant` could not.
  if (inNames || (signs === 0 && slash < 0 && address.includes(":") && query.includes("@")))
    throw unclear("it has a ? before the @ that is not percent-encoded");
}

export const howToEncode =
  "A password in a URL must be percent-encoded: / is %2F, # is %23, @ is %40, : is %3A, ? is %3F, % is %25. Or leave it out of the URL and set PGPASSWORD.";

function unclear(why: string): RowhaulError {
  return new RowhaulError("USAGE", `The PostgreSQL URL cannot be read: ${why}.`, { hint: howToEncode });
}
