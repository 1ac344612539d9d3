/** TypeScript, which a child process must be able to load from the sources. */
import { quoteName } from "../../../../src/core/quote.ts";

export default async function quoted({ name }: { readonly name: string }): Promise<string> {
  return quoteName(name);
}
