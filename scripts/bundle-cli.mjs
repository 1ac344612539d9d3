/** Makes one file of the command line: hundreds of small ones take three times as long to load, at every command. */
import { chmodSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { rolldown } from "rolldown";

/** `draft`: a folder with the compiled modules; `cli/main.js` in it is replaced. Packages stay what they are. */
export async function bundleCli(draft) {
  const main = join(draft, "cli/main.js");
  const isPackage = (id) => !id.startsWith(".") && !isAbsolute(id);
  const build = await rolldown({ input: main, platform: "node", external: isPackage, treeshake: false });
  try {
    await build.write({ file: main, format: "esm" });
  } finally {
    await build.close();
  }
  chmodSync(main, 0o755);
}
